//! The embedded fonts of a file: of each face the letters in use.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Pdf, Rect, Ref, Str};
use subsetter::{GlyphRemapper, subset};
use ttf_parser::Face;

use super::LEVEL;
use crate::output::chart::ChartError;
use crate::output::chart::font::{self, Weight};
use crate::output::chart::scene::{Scene, Shape};

/// The faces that a scene uses.
pub(super) struct Fonts(Vec<Font>);

/// A face with the letters in use.
pub(super) struct Font {
    weight: Weight,
    face: Face<'static>,
    /// The font file with those letters.
    file: Vec<u8>,
    /// Where each letter is in that file; 0 for those that the face does not have.
    places: BTreeMap<char, u16>,
}

const FACES: [Weight; 2] = [Weight::Regular, Weight::Bold];

impl Fonts {
    pub fn of(scene: &Scene) -> Result<Fonts, ChartError> {
        let used = |face: Weight| {
            let texts = scene.shapes.iter().filter_map(move |shape| match shape {
                Shape::Text { text, weight, .. } if *weight == face => Some(text),
                _ => None,
            });
            texts.flat_map(|text| text.chars())
        };
        let faces = FACES
            .into_iter()
            .filter(|face| used(*face).next().is_some());
        let fonts = faces.map(|face| Font::with(face, used(face)));
        Ok(Fonts(fonts.collect::<Result<_, _>>()?))
    }

    pub fn get(&self, weight: Weight) -> Option<&Font> {
        self.0.iter().find(|font| font.weight == weight)
    }

    /// All fonts, each with a number for its object.
    pub fn placed(&self, next: &mut Ref) -> Vec<(&Font, Ref)> {
        self.0.iter().map(|font| (font, next.bump())).collect()
    }
}

impl Font {
    fn with(weight: Weight, letters: impl Iterator<Item = char>) -> Result<Font, ChartError> {
        let bytes = font::bytes(weight);
        let unusable = |why: String| ChartError::Backend(format!("the embedded font: {why}"));
        let face = Face::parse(bytes, 0).map_err(|e| unusable(e.to_string()))?;
        let mut kept = GlyphRemapper::new();
        // In the order of letters, not of words: texts that trade places leave the font alone.
        let mut places: BTreeMap<char, u16> = letters.map(|c| (c, 0)).collect();
        for (letter, place) in &mut places {
            *place = face.glyph_index(*letter).map_or(0, |g| kept.remap(g.0));
        }
        let file = subset(bytes, 0, &kept).map_err(|e| unusable(e.to_string()))?;
        Ok(Font {
            weight,
            face,
            file,
            places,
        })
    }

    /// The name under which the page knows it.
    pub fn name(&self) -> Name<'static> {
        match self.weight {
            Weight::Regular => Name(b"R"),
            Weight::Bold => Name(b"B"),
        }
    }

    /// A text as the page writes it: two bytes per letter.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        let place = |c: char| self.places.get(&c).copied().unwrap_or(0);
        text.chars().flat_map(|c| place(c).to_be_bytes()).collect()
    }

    /// `ABCDEF+NotoSans-Bold`: six letters tell subsets of one face apart.
    fn full_name(&self) -> String {
        let mut hash = self.file.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| {
            (h ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut name = String::new();
        for _ in 0..6 {
            name.push(char::from(b'A' + (hash % 26) as u8));
            hash /= 26;
        }
        let face = match self.weight {
            Weight::Regular => "Regular",
            Weight::Bold => "Bold",
        };
        name + "+NotoSans-" + face
    }

    /// Writes the font and what it consists of.
    pub fn write(&self, pdf: &mut Pdf, id: Ref, next: &mut Ref) {
        let (cid, descriptor, file, unicode) = (next.bump(), next.bump(), next.bump(), next.bump());
        let name = self.full_name();
        let name = Name(name.as_bytes());
        let system = SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(b"Identity"),
            supplement: 0,
        };
        pdf.type0_font(id)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let per_mille = 1000.0 / f32::from(self.face.units_per_em());
        let width = |c: char| (1000.0 * font::width(&c.to_string(), 1.0, self.weight)) as f32;
        // By place in the file; what the face does not have is a box, as wide as the layout has it.
        let placed: BTreeMap<u16, char> = (self.places.iter())
            .filter(|(_, at)| **at > 0)
            .map(|(c, at)| (*at, *c))
            .collect();
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(system)
            .font_descriptor(descriptor)
            .default_width(1000.0 * font::MISSING as f32)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for (at, c) in &placed {
            widths.consecutive(*at, [width(*c)]);
        }
        drop(widths);
        drop(font);
        let bounds = self.face.global_bounding_box();
        let side = |units: i16| f32::from(units) * per_mille;
        let stem = match self.weight {
            Weight::Regular => 80.0,
            Weight::Bold => 140.0,
        };
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                side(bounds.x_min),
                side(bounds.y_min),
                side(bounds.x_max),
                side(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(side(self.face.ascender()))
            .descent(side(self.face.descender()))
            .cap_height((1000.0 * font::CAPITAL) as f32)
            .stem_v(stem)
            .font_file2(file);
        let packed = compress_to_vec_zlib(&self.file, LEVEL);
        let mut stream = pdf.stream(file, &packed);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), self.file.len() as i32);
        drop(stream);
        let mut letters = UnicodeCmap::new(Name(b"Letters"), system);
        for (at, c) in placed {
            letters.pair(at, c);
        }
        let packed = compress_to_vec_zlib(letters.finish().as_slice(), LEVEL);
        pdf.cmap(unicode, &packed).filter(Filter::FlateDecode);
    }
}
