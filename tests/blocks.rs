//! What the blocks write, against equations written by hand and against closed forms.

use osmocyte::{Run, Simulation};

fn simulation(text: &str) -> Simulation {
    match Simulation::from_text("test", text) {
        Ok(simulation) => simulation,
        Err(e) => panic!("{e}"),
    }
}

fn run(text: &str) -> Run {
    let run = match simulation(text).run(&Default::default()) {
        Ok(run) => run,
        Err(e) => panic!("{e}"),
    };
    let trajectory = &run.trajectory;
    assert!(
        trajectory.is_ok(),
        "{:?}, {:?}",
        trajectory.status,
        trajectory.ledger
    );
    run
}

fn mistakes(text: &str) -> String {
    match Simulation::from_text("test", text) {
        Ok(_) => panic!("it should not build"),
        Err(e) => e.to_string(),
    }
}

fn close(run: &Run, outcome: &str, expected: f64, rtol: f64) {
    let found = run.trajectory.outcome(outcome).unwrap_or(f64::NAN);
    let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
    assert!(
        error <= rtol,
        "{outcome}: {found}, not {expected} (error {error:e})"
    );
}

/// Cells with walls between soil and xylem; `inner` are the membranes between them.
fn root(n: usize, inner: &str) -> String {
    format!(
        r#"
[parameters]
N = {n}
V0 = "2e4 um^3"
A = "2500 um^2"
Lp = "0.5 um/s/MPa"
[bath.soil]
pressure = "-0.03 MPa"
[bath.xylem]
pressure = "-0.6 MPa"
[compartment.cell]
each = "i in 1..N"
volume = "1.1*V0"
pressure = "0 MPa"
solutes.sap = {{ osmolarity = "0.7 MPa/(R*T)", at = "V0" }}
[wall.cellulose]
around = "cell"
volume = "V0"
modulus = "5 MPa"
[membrane.entry]
between = ["soil", "cell[1]"]
area = "A"
Lp = "Lp"
{inner}
[membrane.exit]
between = ["cell[N]", "xylem"]
area = "A"
Lp = "Lp/2"
[experiment]
duration = "60 s"
[outcomes]
flow = "final(exit.water_flow)"
first = "final(cell[1].volume)"
third = "final(cell.volume[3])"
last = "final(cell[N].volume)"
[conserved]
water = "sum(cell[i].volume, i in 1..N) - integral(entry.water_flow - exit.water_flow)"
"#
    )
}

const INNER: &str = r#"
[membrane.inner]
each = "i in 1..N-1"
between = ["cell[i]", "cell[i + 1]"]
area = "A"
Lp = "Lp/2"
"#;

/// The same chain in plain equations.
const ROOT_BY_HAND: &str = r#"
[parameters]
N = 6
V0 = "2e4 um^3"
A = "2500 um^2"
Lp = "0.5 um/s/MPa"
[state.V]
each = "i in 1..N"
initial = "1.1*V0"
rate = "q[i - 1] - q[i]"
[let]
psi = { each = "i in 1..N", value = "5 MPa*max(0, V[i]/V0 - 1) - 0.7 MPa*V0/V[i]" }
q = { each = "i in 0..N", value = "A*Lp*if(i == 0, 1, 0.5)*(if(i == 0, -0.03 MPa, psi[i]) - if(i == N, -0.6 MPa, psi[i + 1]))" }
[experiment]
duration = "60 s"
[outcomes]
flow = "final(q[N])"
first = "final(V[1])"
third = "final(V[3])"
last = "final(V[N])"
"#;

#[test]
fn repeated_blocks_write_the_chain_that_one_writes_by_hand() {
    let (blocks, by_hand) = (run(&root(6, INNER)), run(ROOT_BY_HAND));
    // The same the other way round, and numbered from 2.
    let backwards = r#"
[membrane.inner]
each = "k in 2..N"
between = ["cell[N + 2 - k]", "cell[N + 1 - k]"]
area = "A"
Lp = "Lp/2"
"#;
    let backwards = run(&root(6, backwards));
    for name in ["flow", "first", "third", "last"] {
        let expected = by_hand.trajectory.outcome(name).unwrap_or(f64::NAN);
        close(&blocks, name, expected, 1e-7);
        close(&backwards, name, expected, 1e-7);
    }
}

#[test]
fn what_a_chain_takes_grows_with_the_number_of_its_cells_and_no_faster() {
    let size = |n: usize| {
        let built = simulation(&root(n, INNER));
        let states = built.system().states.iter().filter(|s| !s.hidden).count();
        assert_eq!(states, n);
        built.system().flat.graph.len()
    };
    // How long that takes is measured in the benchmarks.
    let (half, whole) = (size(500), size(1000));
    assert!(whole < 2 * half + 100, "{half} and {whole} nodes");
}

#[test]
fn a_copy_that_is_not_named_or_does_not_exist_is_a_mistake() {
    let inner = |between: &str| {
        format!(
            "[membrane.inner]\neach = \"i in 1..N-1\"\nbetween = {between}\narea = \"A\"\nLp = \"Lp\"\n"
        )
    };
    let wrong = |between: &str| mistakes(&root(4, &inner(between)));
    assert!(wrong("[\"cell[i]\", \"cell\"]").contains("which copy?"));
    assert!(wrong("[\"cell[i]\", \"soil[i]\"]").contains("is not repeated"));
    assert!(wrong("[\"cell[i]\", \"cell[2*i]\"]").contains("can't be turned round"));
    assert!(wrong("[\"cell[i]\", \"cell[i + 7]\"]").contains("cell"));
    assert!(wrong("[\"cell[i]\", \"cell[i]\"]").contains("two different volumes"));
}

/// Tosteson and Hoffman's cell, from arbitrary contents to the steady state in closed form (Keener & Sneyd).
#[test]
fn pumps_leaks_and_charges_settle_where_the_closed_form_says() {
    let text = r#"
[parameters]
T = "37 degC"
g = "1e-5 nS/um^2"
p = { value = "g*R*T/F", unit = "pA/um^2" }
[bath.plasma]
solutes = { Na = "140 mM", K = "5 mM", Cl = "145 mM" }
[compartment.cell]
volume = "2000 um^3"
[compartment.cell.solutes]
Na = { concentration = "60 mM", valence = 1 }
K = { concentration = "85 mM", valence = 1 }
Cl = { concentration = "13 mM", valence = -1 }
X = { concentration = "132 mM", valence = -1 }
[membrane.plasmalemma]
between = ["plasma", "cell"]
area = "1000 um^2"
Lp = "1 um/s/MPa"
capacitance = "1 uF/cm^2"
solutes.Na = { conductance = "g", pump = "-3*p/F" }
solutes.K = { conductance = "10*g", pump = "2*p/F" }
solutes.Cl = { conductance = "5*g" }
[experiment]
duration = "1e7 s"
[outcomes]
potential = { value = "final(plasmalemma.potential)", unit = "mV" }
Na = "final(cell.Na)"
K = "final(cell.K)"
Cl = "final(cell.Cl)"
X = "final(cell.X)"
"#;
    let settled = run(text);
    // P = 0.01 in units of which g_Na is 0.01: the potential includes the charge on the membrane, 1e-5 of the ions.
    for (name, expected) in [
        ("Na", 77.285446),
        ("K", 67.714554),
        ("Cl", 13.077203),
        ("X", 131.922797),
    ] {
        close(&settled, name, expected, 3e-4);
    }
    close(&settled, "potential", -64.300686, 3e-4);
    // A voltage clamp instead: chloride, which no pump moves, follows the potential (Nernst).
    let clamped = text.replace("capacitance = \"1 uF/cm^2\"", "potential = \"-50 mV\"");
    let clamped = run(&clamped.replace("Lp = \"1 um/s/MPa\"", ""));
    let nernst = 145.0 * f64::exp(-0.050 * 96485.33212 / (8.314462618 * 310.15));
    close(&clamped, "Cl", nernst, 1e-6);
}

#[test]
fn virial_coefficients_add_to_the_osmotic_pressure() {
    let text = |solute: &str| {
        format!(
            "[bath.medium]\nsolutes.s = {solute}\n[compartment.cell]\nvolume = \"100 um^3\"\nsolutes.s = {solute}\n\
             [membrane.m]\nbetween = [\"medium\", \"cell\"]\narea = \"10 um^2\"\nLp = \"1 um/s/MPa\"\n\
             [experiment]\nduration = \"1 s\"\n[outcomes]\nosmolarity = \"final(cell.osmolarity)\"\n\
             outside = \"final(medium.osmolarity)\"\nvolume = \"final(cell.volume)\"\n"
        )
    };
    let virial = "{ concentration = \"5 mM\", second_virial = \"0.0645 1/mM\", third_virial = \"0.0258 1/mM^2\" }";
    let real = run(&text(virial));
    let expected = 5.0 * (1.0 + 0.0645 * 5.0 + 0.0258 * 25.0);
    for name in ["osmolarity", "outside"] {
        close(&real, name, expected, 1e-14);
    }
    close(&real, "volume", 100.0, 1e-14);
    let none =
        "{ concentration = \"5 mM\", second_virial = \"0 1/mM\", third_virial = \"0 1/mM^2\" }";
    close(&run(&text(none)), "osmolarity", 5.0, 1e-14);
    let both = virial.replace("concentration", "osmolarity");
    assert!(mistakes(&text(&both)).contains("its osmolarity follows"));
}

/// Vesicles in a store fuse with the plasma membrane; their area, lumen and cargo arrive where they must.
#[test]
fn exocytosis_moves_area_volume_and_cargo_together() {
    let text = r#"
[bath.medium]
osmolarity = "300 mOsm"
[compartment.cleft]
volume = "10 um^3"
solutes.transmitter = "0 mM"
[membrane.plasmalemma]
between = ["cleft", "medium"]
area = "1000 um^2"
[pool.ready]
number = 400
vesicle = { diameter = "300 nm", cargo = { transmitter = "2 amol" }, molecules = { pump = 3 } }
[pool.endosome]
area = "10 um^2"
volume = "1 um^3"
cargo.transmitter = "0 amol"
molecules.pump = 0
[traffic.exocytosis]
from = "ready"
to = "plasmalemma"
fraction = "1 1/s"
[traffic.endocytosis]
from = "plasmalemma"
to = "endosome"
area_rate = "1 um^2/s"
vesicle = { diameter = "100 nm" }
sorting.pump = 2
[experiment]
duration = "1 s"
[outcomes]
left = "final(ready.number)"
area = "final(plasmalemma.area)"
volume = "final(cleft.volume)"
lumen = "final(endosome.volume)"
all = "final(cleft.transmitter.amount + endosome.transmitter.amount + ready.transmitter.amount)"
taken = "final(endosome.transmitter.amount)"
[conserved]
transmitter = "cleft.transmitter.amount + endosome.transmitter.amount + ready.transmitter.amount"
volume = "cleft.volume + endosome.volume + ready.volume"
"#;
    // The pumps of the vesicles arrive in the plasma membrane only if it counts them.
    let text = text.replace(
        "area = \"1000 um^2\"\n[pool.ready]",
        "area = \"1000 um^2\"\nmolecules.pump = 1000\n[pool.ready]",
    );
    let moved = run(&text);
    let (left, d) = (400.0 * (-1.0f64).exp(), 0.3f64);
    let fused = 400.0 - left;
    let vesicle = std::f64::consts::PI * d * d;
    close(&moved, "left", left, 1e-7);
    close(&moved, "area", 1000.0 + fused * vesicle - 1.0, 1e-7);
    // 1 µm² in vesicles of 0.1 µm holds d/6 µm³.
    close(&moved, "lumen", 1.0 + 0.1 / 6.0, 1e-7);
    close(
        &moved,
        "volume",
        10.0 + fused * vesicle * d / 6.0 - 0.1 / 6.0,
        1e-7,
    );
    close(&moved, "all", 800.0, 1e-9);
    let taken = moved.trajectory.outcome("taken").unwrap_or(f64::NAN);
    assert!(taken > 0.0 && taken < 2.0, "{taken}");
    let kept = |name: &str| {
        moved
            .trajectory
            .ledger
            .iter()
            .any(|l| l.name == name && l.holds())
    };
    for name in ["membrane_area", "traffic.transmitter", "traffic.pump"] {
        assert!(kept(name), "{name}: {:?}", moved.trajectory.ledger);
    }
}

#[test]
fn the_lumen_of_an_organelle_empties_into_the_cytosol() {
    let text = r#"
[compartment.cytosol]
volume = "1000 um^3"
solutes.dye = "0 mM"
[pool.endosome]
area = "10 um^2"
volume = "2 um^3"
cargo.dye = "6 amol"
[traffic.leak]
from = "endosome"
to = "cytosol"
fraction = "0.1 1/s"
[experiment]
duration = "10 s"
[outcomes]
area = "final(endosome.area)"
lumen = "final(endosome.volume)"
volume = "final(cytosol.volume)"
dye = "final(cytosol.dye.amount)"
"#;
    let emptied = run(text);
    let left = (-1.0f64).exp();
    close(&emptied, "area", 10.0, 1e-14);
    close(&emptied, "lumen", 2.0 * left, 1e-7);
    close(&emptied, "volume", 1002.0 - 2.0 * left, 1e-9);
    close(&emptied, "dye", 6.0 * (1.0 - left), 1e-7);
    let wrong = mistakes(&text.replace("fraction = \"0.1 1/s\"", "area_rate = \"1 um^2/s\""));
    assert!(wrong.contains("moves no membrane"), "{wrong}");
}

#[test]
fn reactions_follow_mass_action_where_they_take_place() {
    let text = r#"
[parameters]
N = 5
kf = "0.097 1/nM/min"
kr = "0.24 1/min"
[bath.medium]
solutes.L = "10 nM"
[compartment.cell]
volume = "500 um^3"
solutes = { A = "2 mM", B = "0 mM" }
[membrane.surface]
area = "1000 um^2"
molecules = { R = 6500, C = 0 }
[state.n]
each = "i in 0..N"
initial = "if(i == 0, 1, 0)"
scale = 1
[reaction.site]
each = "i in 0..N - 1"
equation = "n[i] <-> n[i + 1]"
forward = "(N - i)*1 1/s"
backward = "(i + 1)*2 1/s"
[reaction.binding]
equation = "medium.L + surface.R <-> surface.C"
forward = "kf"
backward = "kr"
[reaction.dimer]
equation = "2 cell.A <-> cell.B"
forward = "0.1 1/mM/s"
backward = "0.1 1/s"
[experiment]
duration = "1 h"
[outcomes]
n5 = "final(n[N])"
bound = "final(surface.C.number)"
A = "final(cell.A)"
B = "final(cell.B)"
rise = "at(surface.C.number, 1 min)"
[conserved]
receptors = "surface.R.number + surface.C.number"
A = "cell.A.amount + 2*cell.B.amount"
sites = "sum(n[i], i in 0..N)"
"#;
    let settled = run(text);
    // Each site is bound with probability 1/3, independently.
    close(&settled, "n5", (1.0f64 / 3.0).powi(5), 1e-6);
    let (on, off): (f64, f64) = (0.97, 0.24);
    close(&settled, "bound", 6500.0 * on / (on + off), 1e-6);
    let rise = 6500.0 * on / (on + off) * (1.0 - (-(on + off)).exp());
    close(&settled, "rise", rise, 1e-6);
    // B = A² per mM, A + 2 B = 2 mM.
    let a = (-1.0 + 17.0f64.sqrt()) / 4.0;
    close(&settled, "A", a, 1e-6);
    close(&settled, "B", a * a, 1e-6);
}

/// A receptor that takes a solute of a compartment: molecules and amounts in one balance.
#[test]
fn binding_to_a_membrane_uses_up_the_ligand_of_the_compartment() {
    let text = r#"
[compartment.cleft]
volume = "1 um^3"
solutes.L = "1 uM"
[membrane.surface]
area = "10 um^2"
molecules = { R = 300, C = 0 }
[reaction.binding]
equation = "cleft.L + surface.R -> surface.C"
forward = "10 1/uM/s"
[experiment]
duration = "60 s"
[outcomes]
bound = "final(surface.C.number)"
free = "final(cleft.L.amount)*N_A"
[conserved]
ligand = "cleft.L.amount*N_A + surface.C.number"
"#;
    let bound = run(text);
    close(&bound, "bound", 300.0, 1e-6);
    close(&bound, "free", 6.02214076e23 * 1e-21 - 300.0, 1e-6);
}

#[test]
fn a_reaction_says_what_is_wrong_with_it() {
    let text = |reaction: &str| {
        format!(
            "[state.A]\ninitial = 1\nrate = \"0 1/s\"\n[parameters]\nk = \"1 1/s\"\n[reaction.r]\n{reaction}\n\
             [experiment]\nduration = \"1 s\"\n"
        )
    };
    for (reaction, message) in [
        (
            "equation = \"A -> Bee\"\nforward = \"k\"",
            "there is no `Bee`",
        ),
        ("equation = \"A Bee\"\nforward = \"k\"", "has no arrow"),
        (
            "equation = \"A -> 2.5 A\"\nforward = \"k\"",
            "is not a species",
        ),
        (
            "equation = \"k -> k\"\nforward = \"k\"",
            "makes and uses nothing",
        ),
        ("equation = \"->\"\nforward = \"k\"", "names nothing"),
        ("equation = \"A -> \"", "takes `forward`"),
        (
            "equation = \"A <-> \"\nforward = \"k\"",
            "has no `backward`",
        ),
        (
            "equation = \"A -> \"\nforward = \"k\"\nbackward = \"k\"",
            "write `<->`",
        ),
        (
            "equation = \"A -> \"\nforward = \"1 m/s\"",
            "the rate of `A`",
        ),
    ] {
        let found = mistakes(&text(reaction));
        assert!(found.contains(message), "{reaction}: {found}");
    }
    let idle = mistakes("[state.A]\ninitial = 1\n[experiment]\nduration = \"1 s\"\n");
    assert!(idle.contains("has no `rate`"), "{idle}");
}

#[test]
fn a_soil_holds_water_as_van_genuchten_says_and_gives_it_to_the_root() {
    let text = |wetness: &str| {
        format!(
            "[soil.ground]\ntexture = \"loam\"\n{wetness}\n[compartment.cell]\nvolume = \"2.2e4 um^3\"\n\
             solutes.sap = {{ osmolarity = \"0.7 MPa/(R*T)\", at = \"2e4 um^3\" }}\n[wall.w]\naround = \"cell\"\n\
             volume = \"2e4 um^3\"\nmodulus = \"5 MPa\"\n[membrane.hair]\nbetween = [\"ground\", \"cell\"]\n\
             area = \"2500 um^2\"\nLp = \"0.5 um/s/MPa\"\n[experiment]\nduration = \"1000 s\"\n[outcomes]\n\
             content = \"initial(ground.water_content)\"\npsi = \"initial(ground.matric_potential)\"\n\
             balance = \"final(cell.water_potential - ground.water_potential)\"\nend = \"final(ground.water_potential)\"\n"
        )
    };
    for (potential, content) in [("-0.033", 0.164446), ("-1.5", 0.088272)] {
        let wet = run(&text(&format!("matric_potential = \"{potential} MPa\"")));
        close(&wet, "content", content, 1e-5);
    }
    // A thimble of soil of its own: the cell drinks until both have one potential, and no water is lost.
    let own = "water_content = 0.16\nvolume = \"2e4 um^3\"";
    let shared = text(own) + "[conserved]\nwater = \"ground.water + cell.volume\"\n";
    let shared = run(&shared);
    let (psi, balance, end) = (
        shared.trajectory.outcome("psi").unwrap_or(f64::NAN),
        shared.trajectory.outcome("balance").unwrap_or(f64::NAN),
        shared.trajectory.outcome("end").unwrap_or(f64::NAN),
    );
    assert!(balance.abs() < 1e-6, "{balance}");
    assert!(end < psi - 0.001, "{psi} to {end}");
    // Both forms are one curve.
    let same = run(&text(&format!("matric_potential = \"{psi} MPa\"")));
    close(&same, "content", 0.16, 1e-12);
    assert!(mistakes(&text("texture_ = 1\nmatric_potential = \"-1 MPa\"")).contains("texture"));
    assert!(mistakes(&text("water_content = 0.2")).contains("has no `volume`"));
    // With a volume of its own the potential is that at the start.
    let started = run(&text(
        "volume = \"2e4 um^3\"\nmatric_potential = \"-0.033 MPa\"",
    ));
    close(&started, "content", 0.164446, 1e-5);
    close(&started, "psi", -0.033, 1e-12);
}

#[test]
fn a_wall_that_stays_at_the_protoplast_pulls_until_it_collapses() {
    let text = |wall: &str| {
        format!(
            "[bath.air]\nosmolarity = \"0 mOsm\"\npressure = \"-2 MPa\"\n[compartment.cell]\nvolume = \"1000 um^3\"\n\
             pressure = \"0 MPa\"\nsolutes.sap = {{ osmolarity = \"1 MPa/(R*T)\" }}\n[wall.w]\naround = \"cell\"\n\
             volume = \"1000 um^3\"\nmodulus = \"5 MPa\"\n{wall}\n[membrane.m]\nbetween = [\"air\", \"cell\"]\n\
             area = \"600 um^2\"\nLp = \"1 um/s/MPa\"\n[experiment]\nduration = \"1000 s\"\n[outcomes]\n\
             turgor = \"final(w.turgor)\"\nvolume = \"final(cell.volume)\"\n"
        )
    };
    // 5 MPa (v - 1) - 1 MPa/v = -2 MPa: v = (3 + sqrt(29))/10.
    let pulled = run(&text("collapse_pressure = \"3 MPa\""));
    let v = (3.0 + 29.0f64.sqrt()) / 10.0;
    close(&pulled, "volume", 1000.0 * v, 1e-6);
    close(&pulled, "turgor", 5.0 * (v - 1.0), 1e-6);
    // It gives way at -0.5 MPa: 1 MPa/v = 1.5 MPa.
    let folded = run(&text("collapse_pressure = \"0.5 MPa\""));
    close(&folded, "volume", 1000.0 / 1.5, 1e-6);
    close(&folded, "turgor", -0.5, 1e-6);
    // And without it the protoplast leaves the wall: 1 MPa/v = 2 MPa.
    close(&run(&text("")), "volume", 500.0, 1e-6);
}

#[test]
fn rates_change_with_temperature_by_q10_or_arrhenius() {
    let text = r#"
[parameters]
T = "30 degC"
T_ref = "20 degC"
[state.x]
initial = 1
rate = "-x*(1 1/s)*q10(2.7, T, T_ref)"
[experiment]
duration = "1 s"
[outcomes]
q = "final(q10(2.7, T, T_ref))"
pinocytosis = "final(arrhenius(17.6 kcal/mol, T, T_ref))"
water = "final(arrhenius(3.3 kcal/mol, T, T_ref))"
"#;
    let warm = run(text);
    close(&warm, "q", 2.7, 1e-14);
    // Activation energies of pinocytosis in fibroblasts and of the water permeability of red cells, as factors of 10 K.
    close(&warm, "pinocytosis", 2.709, 3e-4);
    close(&warm, "water", 1.2055, 1e-4);
    let wrong = mistakes(&text.replace("17.6 kcal/mol", "17.6 kcal"));
    assert!(wrong.contains("`arrhenius` needs"), "{wrong}");
}

#[test]
fn events_repeat_and_set_copies() {
    let text = r#"
[parameters]
N = 3
[state.x]
each = "i in 1..N"
initial = "0.1*i"
rate = "1 1/s"
[state.y]
initial = 0
rate = "0 1/s"
[event.fires]
each = "i in 1..N"
when = "x[i] rises through 1"
then = ["set x[i] = 0", "set y = y + i", "count"]
[event.reset]
when = "at 2.05 s"
then = "set x = 0.5"
[event.first]
when = "at 2.2 s"
then = "set x[N - 2] = 0.25"
[experiment]
duration = "2.3 s"
[outcomes]
one = "time of fires[1]"
three = "time of fires[3]"
counted = "count of fires[2]"
total = "final(y)"
x1 = "final(x[1])"
x2 = "final(x[2])"
later = "three - one"
twice = "2*later + counted*0 s"
"#;
    let fired = run(text);
    close(&fired, "one", 0.9, 1e-12);
    close(&fired, "three", 0.7, 1e-12);
    close(&fired, "counted", 2.0, 0.0);
    // Each fires at 1 - 0.1 i and a second later: 2 (1 + 2 + 3).
    close(&fired, "total", 12.0, 1e-12);
    close(&fired, "x1", 0.35, 1e-12);
    close(&fired, "x2", 0.75, 1e-12);
    close(&fired, "later", -0.2, 1e-12);
    close(&fired, "twice", -0.4, 1e-12);
    let wrong = |from: &str, to: &str| mistakes(&text.replace(from, to));
    assert!(wrong("of fires[3]", "of fires[4]").contains("did you mean `fires[1]`?"));
    assert!(wrong("set x[N - 2]", "set x[N + 2]").contains("x[5]"));
    assert!(wrong("later = \"three", "later = \"twice").contains("depends on itself"));
}

#[test]
fn a_check_names_the_copies_that_there_are() {
    let text = r#"
[parameters]
N = 5
[state.x]
each = "i in 1..N"
initial = 1
rate = "-x[i]*(1 1/s)"
[experiment]
duration = "1 s"
[[check]]
what = "final(x[5])"
is = "exp(-1)"
[[check]]
what = "final(x[7])"
with = { N = 7, points = 3 }
is = "exp(-1)"
"#;
    let built = simulation(text);
    let results = osmocyte::check(&built).unwrap_or_else(|e| panic!("{e}"));
    assert!(results.len() == 2 && results.iter().all(|c| c.passed));
    let fewer = built
        .with("N", "2")
        .and_then(|s| s.run(&Default::default()));
    assert!(fewer.is_ok_and(|run| run.trajectory.is_ok()));
    assert!(mistakes(&text.replace("x[5]", "x[6]")).contains("x[6]"));
    assert!(mistakes(&text.replace("points = 3", "points = 1.5")).contains("whole number"));
}

/// A cell in a bath, with what is added.
fn cell(more: &str) -> String {
    format!(
        "[bath.medium]\nsolutes.dye = \"1 mM\"\n[compartment.cell]\nvolume = \"1000 um^3\"\n\
         solutes.sap = {{ osmolarity = \"0.7 MPa/(R*T)\" }}\n{more}[experiment]\nduration = \"10 min\"\n"
    )
}

#[test]
fn warming_a_cell_does_not_change_what_is_in_it() {
    // The same cell with its solute as a constant and, through a membrane that holds it back, as a state.
    let text = |membrane: &str| {
        format!(
            "[parameters]\nT = \"25 degC\"\n[bath.medium]\nsolutes.sap = \"300 mM\"\n[compartment.cell]\n\
             volume = \"1000 um^3\"\nsolutes.sap = {{ osmolarity = \"0.7 MPa/(R*T)\" }}\n[membrane.m]\n\
             between = [\"medium\", \"cell\"]\narea = \"500 um^2\"\nLp = \"1 um/s/MPa\"\n{membrane}\n[experiment]\n\
             duration = \"10 min\"\nsteps = [\"at 5 min: T = 45 degC\"]\n[outcomes]\n\
             volume = \"final(cell.volume)\"\namount = \"final(cell.sap.amount)/initial(cell.sap.amount)\"\n"
        )
    };
    let (fixed, held) = (run(&text("")), run(&text("solutes.sap = \"0 um/s\"")));
    close(&fixed, "amount", 1.0, 0.0);
    close(&held, "amount", 1.0, 1e-12);
    let volume = held.trajectory.outcome("volume").unwrap_or(f64::NAN);
    close(&fixed, "volume", volume, 1e-7);
}

#[test]
fn the_experiment_steps_an_input_of_all_copies() {
    let text = r#"
[parameters]
N = 3
[bath.medium]
osmolarity = "100 mOsm"
[compartment.cell]
each = "i in 1..N"
volume = "1000*i*1 um^3"
solutes.s = "300 mM"
[membrane.m]
each = "i in 1..N"
between = ["medium", "cell[i]"]
area = "500 um^2"
Lp = "0 um/s/MPa"
[experiment]
duration = "2 h"
steps = ["at 10 s: m.Lp = 1 um/s/MPa", "from 1 h to 1.5 h: m.Lp ramps to 2 um/s/MPa"]
[outcomes]
before = "at(cell[3].volume, 9 s)"
one = "final(cell[1].volume)"
three = "final(cell[3].volume)"
Lp = "final(m[2].Lp)"
"#;
    let stepped = run(text);
    close(&stepped, "before", 3000.0, 1e-12);
    // Boyle–van't Hoff
    close(&stepped, "one", 3000.0, 1e-6);
    close(&stepped, "three", 9000.0, 1e-6);
    close(&stepped, "Lp", 2.0, 1e-12);
}

#[test]
fn receptors_react_while_they_travel() {
    let text = cell(
        "[membrane.pm]\nbetween = [\"medium\", \"cell\"]\narea = \"500 um^2\"\nmolecules = { R = 1000, C = 0 }\n\
         [pool.endosome]\narea = \"0 um^2\"\nmolecules = { R = 0, C = 0 }\n[traffic.endocytosis]\nfrom = \"pm\"\n\
         to = \"endosome\"\nfraction = \"0.1 1/min\"\n[reaction.binding]\nequation = \"medium.dye + pm.R <-> pm.C\"\n\
         forward = \"0.1 1/mM/min\"\nbackward = \"0.1 1/min\"\n[conserved]\n\
         receptors = \"pm.R.number + pm.C.number + endosome.R.number + endosome.C.number\"\n",
    );
    let travelled = run(&text);
    let names: Vec<&str> = (travelled.trajectory.ledger.iter())
        .map(|l| l.name.as_str())
        .collect();
    // What a reaction turns into something else is no sum of its own.
    assert!(
        names.contains(&"receptors") && !names.contains(&"traffic.R"),
        "{names:?}"
    );
}

#[test]
fn nothing_vanishes_without_a_word() {
    let store =
        "[pool.store]\nnumber = 10\nvesicle = { diameter = \"100 nm\", molecules = { R = 10 } }\n";
    let organelle = |more: &str| format!("[pool.endosome]\narea = \"1 um^2\"\n{more}\n");
    let pm = |more: &str| format!("[membrane.pm]\narea = \"500 um^2\"\n{more}\n");
    let traffic = |more: &str| format!("[traffic.go]\nfraction = \"0.1 1/min\"\n{more}\n");
    let between = "between = [\"medium\", \"cell\"]";
    let to_endosome = "from = \"pm\"\nto = \"endosome\"\nvesicle = { diameter = \"100 nm\" }";
    for (message, parts) in [
        (
            "each vesicle of `store` holds its own amount of `R`",
            [
                store.to_string(),
                pm("molecules.R = 5"),
                traffic("from = \"pm\"\nto = \"store\""),
            ],
        ),
        (
            "`R` arrives in `pm`, which does not list it",
            [
                store.to_string(),
                pm(""),
                traffic("from = \"store\"\nto = \"pm\""),
            ],
        ),
        (
            "`R` arrives in `endosome`, which does not list it",
            [organelle(""), pm("molecules.R = 5"), traffic(to_endosome)],
        ),
        (
            "has no `between`: what is outside",
            [
                organelle("volume = \"1 um^3\"\ncargo.dye = \"0 amol\""),
                pm(""),
                traffic(to_endosome),
            ],
        ),
        (
            "`salt` arrives in `cell`, which does not list it",
            [
                organelle("volume = \"1 um^3\"\ncargo.salt = \"1 amol\""),
                String::new(),
                traffic("from = \"endosome\"\nto = \"cell\""),
            ],
        ),
        (
            "`sugar` crosses, but `medium` has no solute `sugar`",
            [
                String::new(),
                pm(&format!("{between}\nsolutes.sugar = \"1 um/s\"")),
                String::new(),
            ],
        ),
        (
            "begins where it ends",
            [
                organelle(""),
                String::new(),
                traffic("from = \"endosome\"\nto = \"endosome\""),
            ],
        ),
    ] {
        let found = mistakes(&cell(&parts.concat()));
        assert!(found.contains(message), "{message}: {found}");
        // What is missing because of the mistake is not told again.
        assert!(!found.contains("unknown name"), "{found}");
    }
}

#[test]
fn a_membrane_with_volts_across_it_has_charges_that_do_not_balance() {
    let text = "[bath.b]\nsolutes.Na = \"145 mM\"\n[compartment.c]\nvolume = \"1000 um^3\"\n\
                solutes.Na = { concentration = \"145 mM\", valence = 1 }\n[membrane.m]\nbetween = [\"b\", \"c\"]\n\
                area = \"500 um^2\"\ncapacitance = \"1 uF/cm^2\"\nsolutes.Na = { conductance = \"1 S/m^2\" }\n\
                [experiment]\nduration = \"1 s\"\n";
    match simulation(text).run(&Default::default()) {
        Ok(run) => panic!("{:?}", run.trajectory.status),
        Err(e) => assert!(e.to_string().contains("don't balance"), "{e}"),
    }
}

/// A file of blocks with nothing but what a test needs.
fn brief(blocks: &str) -> String {
    format!("{blocks}\n[experiment]\nduration = \"10 min\"\n")
}

#[test]
fn short_names_of_species_are_those_of_the_blocks() {
    let text = brief(
        "[compartment.cell]\nvolume = \"1000 um^3\"\nsolutes.Ca = \"1 uM\"\n[reaction.decay]\n\
         equation = \"compartment.Ca ->\"\nforward = \"0.1 1/min\"\n[outcomes]\nCa = \"final(cell.Ca)\"\n",
    );
    close(&run(&text), "Ca", 1e-3 * (-1.0f64).exp(), 1e-7);
}

#[test]
fn what_goes_to_a_copy_that_does_not_exist_is_a_mistake() {
    let chain = |reaction: &str| {
        brief(&format!(
            "[state.n]\neach = \"i in 0..3\"\ninitial = 1\n[state.x]\ninitial = 1\nrate = \"0 1/s\"\n{reaction}"
        ))
    };
    for (reaction, message) in [
        (
            "[reaction.r]\neach = \"i in 0..3\"\nequation = \"n[i] -> n[i + 1]\"\nforward = \"1 1/s\"",
            "n[4]",
        ),
        ("[reaction.r]\nequation = \"n -> x\"\nrate = \"1 1/s\"", "n"),
        (
            "[reaction.r]\nequation = \"n[1] -> x[1]\"\nrate = \"1 1/s\"",
            "x",
        ),
        (
            "[reaction.r]\nequation = \"n[1.5] -> x\"\nrate = \"1 1/s\"",
            "index",
        ),
    ] {
        let found = mistakes(&chain(reaction));
        assert!(found.contains(message), "{reaction}: {found}");
    }
    let pump = brief(
        "[bath.b]\n[compartment.cell]\neach = \"i in 1..3\"\nvolume = \"1 um^3\"\n[membrane.m]\n\
         between = [\"b\", \"cell[7]\"]\narea = \"1 um^2\"\nwater_pump = \"1 um^3/s\"\n",
    );
    assert!(
        mistakes(&pump).contains("cell.volume[7]"),
        "{}",
        mistakes(&pump)
    );
}

#[test]
fn a_solution_takes_along_all_that_it_holds() {
    let text = |bath: &str| {
        brief(&format!(
            "[bath.drain]\n{bath}\n[compartment.cell]\nvolume = \"1000 um^3\"\nsolutes.salt = \"100 mM\"\n\
             [traffic.leak]\nfrom = \"cell\"\nto = \"drain\"\nfraction = \"0.1 1/min\"\n[outcomes]\n\
             salt = \"final(cell.salt)\"\nvolume = \"final(cell.volume)\"\n"
        ))
    };
    for bath in ["osmolarity = \"300 mOsm\"", "solutes.salt = \"0 mM\""] {
        let leaked = run(&text(bath));
        close(&leaked, "volume", 1000.0 * (-1.0f64).exp(), 1e-7);
        close(&leaked, "salt", 100.0, 1e-6);
    }
}

#[test]
fn a_copy_feels_what_a_single_cell_feels() {
    // A cell in a bath under pressure, and a vacuole inside of a walled cell: once single, once as two copies.
    let single = |each: &str, i: &str| {
        brief(&format!(
            "[bath.b]\npressure = \"0.2 MPa\"\nosmolarity = \"100 mOsm\"\n[compartment.cell]\n{each}\n\
             volume = \"1000 um^3\"\nsolutes.s = \"100 mM\"\n[wall.w]\naround = \"cell\"\nvolume = \"1000 um^3\"\n\
             modulus = \"5 MPa\"\n[membrane.outer]\n{each}\nbetween = [\"b\", \"cell{i}\"]\narea = \"500 um^2\"\n\
             Lp = \"1 um/s/MPa\"\n[compartment.vacuole]\n{each}\nvolume = \"300 um^3\"\nsolutes.s = \"120 mM\"\n\
             [membrane.tonoplast]\n{each}\nbetween = [\"cell{i}\", \"vacuole{i}\"]\narea = \"200 um^2\"\n\
             Lp = \"1 um/s/MPa\"\n[outcomes]\ncell = \"final(cell{one}.volume)\"\n\
             vacuole = \"final(vacuole{one}.volume)\"\n",
            one = if i.is_empty() { "" } else { "[2]" }
        ))
    };
    let one = run(&single("", ""));
    let copies = run(&single("each = \"i in 1..2\"", "[i]"));
    for name in ["cell", "vacuole"] {
        let expected = one.trajectory.outcome(name).unwrap_or(f64::NAN);
        close(&copies, name, expected, 1e-9);
    }
    close(&one, "cell", 1000.0, 0.2);
}

#[test]
fn membranes_around_one_cell_have_one_potential() {
    let cell = |extra: &str| {
        brief(&format!(
            "[bath.b]\nsolutes.K = \"5 mM\"\n[compartment.cell]\nvolume = \"1000 um^3\"\n\
             solutes.K = {{ concentration = \"100 mM\", valence = 1 }}\n\
             solutes.X = {{ concentration = \"100 mM\", valence = -1 }}\n[membrane.apical]\n\
             between = [\"b\", \"cell\"]\narea = \"1000 um^2\"\ncapacitance = \"1 uF/cm^2\"\n\
             solutes.K = {{ conductance = \"1e-3 nS/um^2\" }}\n{extra}\n[outcomes]\n\
             V = {{ value = \"final(apical.potential)\", unit = \"mV\" }}\n"
        ))
    };
    let nernst = -1e3 * 8.314462618 * 298.15 / 96485.33212 * 20f64.ln();
    close(&run(&cell("")), "V", nernst, 1e-3);
    let second = "[membrane.basal]\nbetween = [\"b\", \"cell\"]\narea = \"500 um^2\"\ncapacitance = \"1 uF/cm^2\"\n";
    let both = cell(second).replace(
        "[outcomes]",
        "[outcomes]\nbasal = { value = \"final(basal.potential)\", unit = \"mV\" }",
    );
    let both = run(&both);
    close(&both, "V", nernst, 1e-3);
    close(&both, "basal", nernst, 1e-3);
    // A vacuole that takes up potassium takes none of it out of the cell that is around it.
    let vacuole = "[compartment.vacuole]\nvolume = \"300 um^3\"\nsolutes.K = { concentration = \"0 mM\", valence = 1 }\n\
                   [membrane.tonoplast]\nbetween = [\"cell\", \"vacuole\"]\narea = \"200 um^2\"\n\
                   solutes.K = { pump = \"1e-4 amol/um^2/s\" }\n";
    close(&run(&cell(vacuole)), "V", nernst, 2e-2);
    let uncounted = cell("").replace(
        "concentration = \"100 mM\", valence = 1",
        "concentration = \"100 mM\"",
    );
    assert!(mistakes(&uncounted).contains("has a conductance, but no charge"));
}

#[test]
fn a_store_takes_only_what_is_like_its_own() {
    let text = |from: &str, to: &str| {
        brief(&format!(
            "[pool.depot]\n{from}\n[pool.ready]\n{to}\n[traffic.priming]\nfrom = \"depot\"\nto = \"ready\"\n\
             fraction = \"0.1 1/min\"\n[conserved]\ng = \"depot.g.amount + ready.g.amount\"\n"
        ))
    };
    let vesicles = |d: &str, g: &str| {
        format!(
            "number = 100\nvesicle = {{ diameter = \"{d} nm\", cargo = {{ g = \"{g} amol\" }} }}"
        )
    };
    run(&text(&vesicles("300", "2"), &vesicles("300", "2")));
    for from in [
        vesicles("300", "3"),
        vesicles("200", "2"),
        "area = \"10 um^2\"\ncargo.g = \"9 amol\"".to_string(),
    ] {
        let found = mistakes(&text(&from, &vesicles("300", "2")));
        assert!(
            found.contains("holds its own amount of `g`"),
            "{from}: {found}"
        );
    }
    let hollow = text(
        "area = \"10 um^2\"\ncargo.g = \"9 amol\"",
        "area = \"1 um^2\"\nvolume = \"1 um^3\"\ncargo.g = \"0 amol\"",
    )
    .replace(
        "fraction = \"0.1 1/min\"",
        "vesicle_rate = \"1 1/min\"\nvesicle = { diameter = \"100 nm\" }",
    );
    assert!(
        mistakes(&hollow).contains("has no `volume` to give"),
        "{}",
        mistakes(&hollow)
    );
}

#[test]
fn a_rained_on_soil_ends_with_a_reason_when_it_is_full() {
    let text = brief(
        "[soil.g]\ntexture = \"loam\"\nwater_content = 0.40\nvolume = \"1e4 um^3\"\nsupply = \"20 um^3/s\"\n\
         [compartment.cell]\nvolume = \"2.2e4 um^3\"\nsolutes.s = \"300 mM\"\n[wall.w]\naround = \"cell\"\n\
         volume = \"2e4 um^3\"\nmodulus = \"5 MPa\"\n[membrane.m]\nbetween = [\"g\", \"cell\"]\narea = \"100 um^2\"\n\
         Lp = \"0.1 um/s/MPa\"\n",
    );
    let full = simulation(&text)
        .run(&Default::default())
        .unwrap_or_else(|e| panic!("{e}"));
    let status = format!("{:?}", full.trajectory.status);
    assert!(status.contains("saturated water content"), "{status}");
}

#[test]
fn a_step_that_would_do_nothing_is_a_mistake() {
    let text = |steps: &str| {
        format!(
            "[bath.b]\nosmolarity = \"300 mOsm\"\n[compartment.cell]\nvolume = \"1000 um^3\"\nsolutes.s = \"300 mM\"\n\
             [membrane.m]\nbetween = [\"b\", \"cell\"]\narea = \"500 um^2\"\nLp = \"1 um/s/MPa\"\n[experiment]\n\
             duration = \"1 min\"\nsteps = [\"at 10 s: {steps}\"]\n"
        )
    };
    for steps in ["cell.initial_volume = 2000 um^3", "cell.s.initial = 600 mM"] {
        assert!(
            mistakes(&text(steps)).contains("is read at the start only"),
            "{steps}"
        );
    }
    run(&text("b.osmolarity = 200 mOsm"));
}

#[test]
fn a_reflection_coefficient_of_one_can_be_set() {
    let text = |sigma: &str| {
        brief(&format!(
            "[bath.b]\nsolutes.s = \"300 mM\"\n[compartment.cell]\nvolume = \"1000 um^3\"\nsolutes.s = \"600 mM\"\n\
             [membrane.m]\nbetween = [\"b\", \"cell\"]\narea = \"500 um^2\"\nLp = \"1 um/s/MPa\"\n\
             solutes.s = {{ sigma = {sigma} }}\n[outcomes]\nvolume = \"final(cell.volume)\"\n"
        ))
    };
    let written = run(&text("0.5"));
    let set = simulation(&text("1")).with("m.s.sigma", "0.5");
    let set = set
        .and_then(|s| s.run(&Default::default()))
        .unwrap_or_else(|e| panic!("{e}"));
    let expected = written.trajectory.outcome("volume").unwrap_or(f64::NAN);
    close(&set, "volume", expected, 1e-12);
}

/// Murphy & Ortega's wall: ε∞ = 10 MPa, k = 7 /MPa, P0 = 0.01 MPa, 0.5 MPa at the reference volume.
#[test]
fn the_saturating_wall_has_the_turgor_of_its_closed_form() {
    for (v, turgor) in [(0.95, 0.095870162286), (1.02, 0.694513535538)] {
        let text = brief(&format!(
            "[bath.b]\n[compartment.cell]\nvolume = \"{v}*1000 um^3\"\nsolutes.s = \"1 mM\"\n[wall.w]\naround = \"cell\"\n\
             law = \"saturating\"\nvolume = \"1000 um^3\"\nmodulus = \"10 MPa\"\nsteepness = \"7 1/MPa\"\n\
             threshold = \"0.01 MPa\"\nreference_pressure = \"0.5 MPa\"\n[membrane.m]\nbetween = [\"b\", \"cell\"]\n\
             area = \"1 um^2\"\nLp = \"1e-9 um/s/MPa\"\n[outcomes]\nturgor = \"initial(w.turgor)\"\n"
        ));
        close(&run(&text), "turgor", turgor, 1e-11);
    }
}

#[test]
fn stores_that_a_setting_made_unlike_leak() {
    let text = brief(
        "[pool.a]\nnumber = 100\nvesicle = { diameter = \"40 nm\", cargo = { glu = \"5e-3 amol\" } }\n[pool.d]\nnumber = 0\n\
         vesicle = { diameter = \"40 nm\", cargo = { glu = \"5e-3 amol\" } }\n[traffic.priming]\nfrom = \"a\"\nto = \"d\"\n\
         fraction = \"1 1/min\"\n",
    );
    let kept = run(&text);
    assert!(
        kept.trajectory
            .ledger
            .iter()
            .any(|l| l.name == "traffic.glu")
    );
    for (name, value) in [
        ("d.vesicle.glu", "1e-2 amol"),
        ("d.vesicle.diameter", "80 nm"),
    ] {
        let unlike = simulation(&text).with(name, value);
        let unlike = unlike
            .and_then(|s| s.run(&Default::default()))
            .unwrap_or_else(|e| panic!("{e}"));
        assert!(
            !unlike.trajectory.is_ok(),
            "{name}: {:?}",
            unlike.trajectory.ledger
        );
    }
}

#[test]
fn a_vacuole_may_throw_out_what_a_membrane_moved_into_it() {
    let text = brief(
        "[compartment.cytosol]\nvolume = \"1000 um^3\"\nsolutes.salt = \"100 mM\"\n[compartment.vacuole]\n\
         volume = \"100 um^3\"\nsolutes.salt = \"0 mM\"\n[membrane.tonoplast]\nbetween = [\"cytosol\", \"vacuole\"]\n\
         area = \"100 um^2\"\nwater_pump = \"1 um^3/s\"\nsolutes.salt = \"0.01 um/s\"\n[event.systole]\n\
         when = \"vacuole.volume rises through 300 um^3\"\n\
         then = [\"set vacuole.volume = 100 um^3\", \"set vacuole.salt.amount = 0 amol\"]\n",
    );
    let emptied = run(&text);
    assert!(emptied.trajectory.ledger.is_empty());
    let kept = text.replace(", \"set vacuole.salt.amount = 0 amol\"", "");
    let kept = run(&kept);
    assert!(
        kept.trajectory
            .ledger
            .iter()
            .any(|l| l.name == "tonoplast.salt")
    );
}

#[test]
fn too_few_copies_is_one_mistake() {
    let cell = Simulation::shipped("root-water-uptake").and_then(|s| s.with("N", "0"));
    let found = match cell {
        Ok(_) => panic!("a root of no cells"),
        Err(e) => e.to_string(),
    };
    assert!(found.contains("`N` = 0: it can't be below 1"), "{found}");
    assert_eq!(found.matches("error:").count(), 1, "{found}");
}
