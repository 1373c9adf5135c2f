//! PDF: one page with vector shapes and real text in embedded fonts, which hold no more than the letters in use. The
//! title is in the metadata, the description behind the picture for screen readers. No time stamp: same data, same bytes.

mod content;
mod fonts;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::StructRole;
use pdf_writer::writers::StructTreeRoot;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::scene::Scene;
use super::{ChartError, Size, Theme};
use fonts::Fonts;

/// Points of PDF, 72 to the inch, per CSS pixel, 96 to the inch.
const POINTS: f64 = 0.75;

/// How hard streams are compressed: the best that costs little time.
const LEVEL: u8 = 7;

/// Objects of the file; those of fonts follow.
struct Ids {
    catalog: Ref,
    pages: Ref,
    page: Ref,
    content: Ref,
    info: Ref,
    tree: Ref,
    figure: Ref,
    parents: Ref,
}

/// A scene as a PDF file of one page.
pub(super) fn scene_pdf(
    scene: &Scene,
    size: Size,
    theme: Theme,
    (title, description): (&str, &str),
) -> Result<Vec<u8>, ChartError> {
    let scene = theme.paint(scene);
    let mut next = Ref::new(1);
    let ids = Ids {
        catalog: next.bump(),
        pages: next.bump(),
        page: next.bump(),
        content: next.bump(),
        info: next.bump(),
        tree: next.bump(),
        figure: next.bump(),
        parents: next.bump(),
    };
    let fonts = Fonts::of(&scene)?;
    let content = content::content(&scene, size, theme, &fonts);
    let content = compress_to_vec_zlib(&content, LEVEL);
    let mut pdf = Pdf::new();
    let title = if title.is_empty() { "Chart" } else { title };
    pdf.document_info(ids.info)
        .title(TextStr(title))
        .producer(TextStr(concat!("osmocyte ", env!("CARGO_PKG_VERSION"))));
    let mut catalog = pdf.catalog(ids.catalog);
    catalog.pages(ids.pages).lang(TextStr("en"));
    catalog.viewer_preferences().display_doc_title(true);
    catalog.mark_info().marked(true);
    catalog.pair(Name(b"StructTreeRoot"), ids.tree);
    catalog.finish();
    // The page is one figure with a text in its place.
    let mut tree: StructTreeRoot = pdf.indirect(ids.tree).start();
    tree.child(ids.figure);
    tree.parent_tree().nums().insert(0, ids.parents);
    tree.finish();
    pdf.struct_element(ids.figure)
        .kind(StructRole::Figure)
        .parent(ids.tree)
        .page(ids.page)
        .alt(TextStr(description))
        .children()
        .marked_content_id(content::FIGURE);
    pdf.indirect(ids.parents).array().item(ids.figure);
    pdf.pages(ids.pages).kids([ids.page]).count(1);
    let mut page = pdf.page(ids.page);
    let side = |pixels: f64| (pixels * POINTS) as f32;
    page.parent(ids.pages)
        .media_box(Rect::new(0.0, 0.0, side(size.width), side(size.height)))
        .contents(ids.content)
        .struct_parents(0);
    let placed = fonts.placed(&mut next);
    let mut resources = page.resources();
    let mut dict = resources.fonts();
    for (font, id) in &placed {
        dict.pair(font.name(), *id);
    }
    dict.finish();
    resources.finish();
    page.finish();
    pdf.stream(ids.content, &content)
        .filter(Filter::FlateDecode);
    for (font, id) in placed {
        font.write(&mut pdf, id, &mut next);
    }
    Ok(pdf.finish())
}
