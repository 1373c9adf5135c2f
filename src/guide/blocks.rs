//! # The blocks
//!
//! A block writes equations in the model language, and nothing else: `osmocyte show` prints what it wrote. Everything
//! that it defines can be used by name (`cell.volume`, `plasmalemma.water_flux`), in outcomes, charts, events and other
//! expressions. What you give it can be set (`--set plasmalemma.Lp=…`), stepped by the experiment and changed by a
//! variant, also while it is an expression of parameters. Signs: every flux is positive inward, from the first to the
//! second of `between`.
//!
//! | Block | Is |
//! |---|---|
//! | [`bath`](#baths-and-compartments) | a solution so large that the cell does not change it |
//! | [`compartment`](#baths-and-compartments) | a volume of solution: cytosol, vacuole, xylem |
//! | [`membrane`](#membranes-water-and-solutes) | what lies between two of these: water, solutes, ions, tension, capacitance |
//! | [`wall`](#walls) | the turgor of a walled cell |
//! | [`soil`](#soils) | water held by suction (van Genuchten) |
//! | [`pool`](#pools-and-traffic) | membrane inside the cell: an organelle, or a store of equal vesicles |
//! | [`traffic`](#pools-and-traffic) | exocytosis, endocytosis, fusion, budding, recycling, synthesis, degradation |
//! | [`reaction`](#reactions) | mass action, or a rate of your own |
//!
//! Where there are baths, soils, compartments or membranes, temperature is the parameter `T` (25 degC unless given) and the
//! partial molar volume of water `Vw`. A block that is the only one of its kind may be called by its kind:
//! `bath.osmolarity`.
//!
//! `show` lists under *Given in* what can be set, with its full name: the `volume` of a compartment is
//! `cell.initial_volume`, a concentration `cell.Na.initial`. What the file leaves out can't be set: write it first
//! (`supply = "0 um^3/s"`).
//!
//! ## Baths and compartments
//!
//! | Key | Of | Unit | Meaning |
//! |---|---|---|---|
//! | `osmolarity`, or `osmotic_pressure`, or `solutes` | bath | mOsm, MPa | what is dissolved; pure water if left out |
//! | `pressure` | both | MPa | hydrostatic pressure; of a compartment: what presses from outside, instead of the pressure of its surroundings |
//! | `volume` | compartment | um^3 | at the start |
//! | `inactive` | compartment | um^3 | osmotically inactive volume (Ponder's b) |
//! | `solutes` | compartment | | what is dissolved |
//!
//! A solute is a concentration (`solutes.Na = "140 mM"`) or a table with one of `concentration`, `osmolarity` and
//! `amount` (in amol), and perhaps
//!
//! | Key | Unit | Meaning |
//! |---|---|---|
//! | `at` | um^3 | the volume at which the concentration holds, if not that at the start |
//! | `osmotic_coefficient` | | φ; 1 unless given |
//! | `second_virial`, `third_virial` | 1/mM, 1/mM^2 | B and C: the solute counts c (φ + B c + C c²) |
//! | `valence` | | charge number of an ion |
//!
//! A solute counts once: of a salt list the ions, or give `osmotic_coefficient = 1.86` (NaCl). What crosses a membrane must be
//! listed on both sides, if only as `"0 mM"`. The amounts are those of the start, also where they are computed from what the
//! experiment changes later (`T`, say).
//!
//! They define: `volume` (a state), `water`, `osmolarity`, `osmotic_pressure`, `pressure`, `water_potential`, of each
//! solute the concentration `cell.Na` and the amount `cell.Na.amount` (a state, where something moves it), with valences
//! the `charge`. Volumes and amounts are what changes, concentrations follow: dilution is right by construction.
//!
//! `--set cell.initial_volume=…` begins with another cell; `--set cell.volume=…` with the same cell swollen or shrunken,
//! its solutes as they were.
//!
//! ## Membranes: water and solutes
//!
//! | Key | Unit | Meaning |
//! |---|---|---|
//! | `between` | | the outside and the inside: bath, soil or compartment |
//! | `area` | um^2 | at the start, if traffic changes it |
//! | `Lp` or `Pf` | um/s/MPa, um/s | hydraulic conductivity, or osmotic water permeability |
//! | `water_pump` | um^3/s | active flow of water, e.g. into a contractile vacuole |
//! | `solutes.NAME` | um/s | a permeability, or a table of the keys below |
//! | `… permeability`, `… sigma` | um/s, – | Kedem & Katchalsky's P and reflection coefficient σ |
//! | `… conductance` | S/m^2 | of an ion with a `valence`: current g (V − E) |
//! | `… pump` | amol/um^2/s | active flux; a current density over `F` |
//! | `capacitance` | uF/cm^2 | then the charge inside makes the `potential` |
//! | `potential` | mV | instead: a voltage clamp |
//! | `tension` | | `{ law = "linear", modulus = … }` against the strain of the sphere of the same volume |
//! | `molecules` | | numbers of molecules in the membrane: `{ receptor = 6500 }` |
//!
//! A solute that a membrane moves between two compartments, and that nothing else moves, is a conserved sum by itself.
//!
//! They define: `water_flux`, `water_flow`, of each solute `NAME.flux`, `NAME.flow`, of an ion `NAME.current` (outward
//! positive) and `NAME.reversal_potential`; `potential`, `capacitance` (the charges inside must balance: 1 mM too much is
//! tens of volts, hence the X that can't leave in the example; without one a compartment can empty itself; a `potential`
//! that is given takes precedence over the capacitance); `strain`, `tension`, `tension_pressure`; of each
//! molecule the density `NAME` and the number `NAME.number` (a state).
//!
//! A cell that pumps sodium out and potassium in, and so keeps its volume (Tosteson & Hoffman):
//!
//! ```
//! # let text = r#"
//! title = "Pump and leak"
//!
//! [parameters]
//! T = "37 degC"
//! g = { value = "1e-5 nS/um^2", about = "conductance for sodium", source = "chosen" }
//! p = { value = "g*R*T/F", unit = "pA/um^2", about = "turnover of the pump", source = "chosen" }
//!
//! [bath.plasma]
//! solutes = { Na = "140 mM", K = "5 mM", Cl = "145 mM" }
//!
//! [compartment.cell]
//! volume = "2000 um^3"
//!
//! [compartment.cell.solutes]
//! Na = { concentration = "77 mM", valence = 1 }
//! K  = { concentration = "68 mM", valence = 1 }
//! Cl = { concentration = "13 mM", valence = -1 }
//! X  = { concentration = "132 mM", valence = -1 }     # can't leave
//!
//! [membrane.plasmalemma]
//! between     = ["plasma", "cell"]
//! area        = "1000 um^2"
//! Lp          = "1 um/s/MPa"
//! capacitance = "1 uF/cm^2"
//! solutes.Na  = { conductance = "g", pump = "-3*p/F" }
//! solutes.K   = { conductance = "10*g", pump = "2*p/F" }
//! solutes.Cl  = { conductance = "5*g" }
//!
//! [experiment]
//! duration = "10 h"
//! steps    = ["at 5 h: p = 0 pA/um^2"]                # ouabain
//!
//! [outcomes]
//! potential = { value = "at(plasmalemma.potential, 5 h)", unit = "mV" }
//! swelling  = "final(cell.volume)/initial(cell.volume)"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert!(run.trajectory.is_ok());
//! # assert!((run.trajectory.outcomes[0].value.unwrap() + 64.3567).abs() < 0.001);
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! ## Walls
//!
//! | Key | Unit | Meaning |
//! |---|---|---|
//! | `around` | | the compartment |
//! | `law` | | `linear` P = ε (v − 1), `logarithmic` P = ε ln v, or `saturating` |
//! | `volume`, `modulus` | um^3, MPa | at zero turgor, and ε |
//! | `collapse_pressure` | MPa | the wall stays at the protoplast and pulls it inwards down to minus this (cytorrhysis); without it the protoplast leaves the wall (plasmolysis) |
//! | `steepness`, `threshold`, `reference_pressure` | 1/MPa, MPa, MPa | of the saturating law: ε(P) = ε∞ (1 − exp(−k (P − P0))), with `volume` that at the reference pressure |
//!
//! They define `turgor` and, where the protoplast can leave the wall, the `gap` between them.
//!
//! ## Soils
//!
//! | Key | Unit | Meaning |
//! |---|---|---|
//! | `texture` | | `sand`, `loam`, `silt loam` or `clay` (Carsel & Parrish 1988), or all of the next five |
//! | `residual`, `saturated`, `alpha`, `n`, `saturated_conductivity` | –, –, 1/cm, –, cm/day | parameters of van Genuchten and Mualem; each also overrules a texture |
//! | `matric_potential` or `water_content` | MPa, – | how wet; with a `volume` at the start |
//! | `volume` | um^3 | of soil, whose water the roots then use up |
//! | `supply` | um^3/s | rain |
//! | `osmolarity` | mOsm | of the soil water |
//!
//! They define `matric_potential`, `water_potential`, `water_content`, `saturation`, `suction`, `conductivity`, with a
//! volume the state `water`. A soil stands on the outside of a membrane as a bath does. Its potential is negative. Rain
//! beyond saturation ends the run: `supply = "if(ground.saturation < 0.99, rain, 0 um^3/s)"`.
//!
//! ## Many cells
//!
//! `each` repeats a bath, a compartment, a membrane or a reaction (and states, lets and events); a wall has as many copies
//! as the compartment that it is around. `cell[3].volume` and `cell.volume[3]` mean the same. N is a parameter:
//! `--set N=1000`. A setting or a step of the experiment is one of all copies; where copies differ, say it in the key:
//! `pump = "if(i == 1, light, 0 amol/um^2/s)"`, and step the parameter `light`.
//!
//! ```
//! # let text = r#"
//! title = "Water on its way from the soil through N cells into the xylem"
//!
//! [parameters]
//! N  = 6
//! V0 = "2e4 um^3"
//! A  = "2500 um^2"
//! Lp = "0.5 um/s/MPa"
//!
//! [soil.ground]
//! texture          = "loam"
//! matric_potential = "-0.03 MPa"
//!
//! [bath.xylem]
//! pressure = "-0.6 MPa"
//!
//! [compartment.cell]
//! each        = "i in 1..N"
//! volume      = "1.1*V0"
//! solutes.sap = { osmolarity = "0.7 MPa/(R*T)", at = "V0" }
//! pressure    = "0 MPa"
//!
//! [wall.cellulose]
//! around  = "cell"
//! volume  = "V0"
//! modulus = "5 MPa"
//!
//! [membrane.hair]
//! between = ["ground", "cell[1]"]
//! area    = "A"
//! Lp      = "Lp"
//!
//! [membrane.inner]
//! each    = "i in 1..N-1"
//! between = ["cell[i]", "cell[i + 1]"]
//! area    = "A"
//! Lp      = "Lp/2"
//!
//! [membrane.stele]
//! between = ["cell[N]", "xylem"]
//! area    = "A"
//! Lp      = "Lp/2"
//!
//! [experiment]
//! duration = "10 min"
//!
//! [outcomes]
//! flow = { value = "final(stele.water_flow)", unit = "um^3/s" }
//!
//! [conserved]
//! water = "sum(cell[i].volume, i in 1..N) - integral(hair.water_flow - stele.water_flow)"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert!((run.trajectory.outcomes[0].value.unwrap() - 54.8076923077).abs() < 1e-4);
//! # assert!(run.trajectory.is_ok());
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! Here the cells stand in a tissue: `pressure = "0 MPa"` says what presses on them from outside, to which the wall adds
//! the turgor.
//!
//! ## Pools and traffic
//!
//! An organelle has an `area`, and perhaps a lumen with a `volume` and `cargo` (amounts), and `molecules` in its membrane
//! (numbers). A store has a `number` of equal vesicles:
//! `vesicle = { diameter = "300 nm", cargo = { insulin = "…" }, molecules = { … } }` (or `area` and `volume` instead of
//! the diameter). They define `area`, `volume`, `number`, the amount `CARGO.amount`, its concentration `CARGO`, the number
//! `MOLECULE.number` and the density `MOLECULE`.
//!
//! | Key of traffic | Unit | Meaning |
//! |---|---|---|
//! | `from`, `to` | | pools, membranes; compartments and baths for the content of a lumen; left out for synthesis or loss |
//! | `fraction` | 1/s | of `from` that moves per time, or |
//! | `area_rate`, `vesicle_rate`, `volume_rate` | um^2/s, 1/s, um^3/s | how much moves per time |
//! | `vesicle` | | what moves, where no pool says it: `{ diameter = "100 nm" }` |
//! | `recovered` | | fraction of the membrane that arrives |
//! | `sorting.MOLECULE` | | density in what moves, relative to the membrane that it leaves: 10 in a coated pit |
//!
//! Area, lumen, cargo and molecules move together. What fuses with a membrane gives its lumen to the outside of that
//! membrane, the first of `between`; what buds from it takes up the solution there, with those solutes that the pool lists
//! as cargo. Between a pool and a compartment only the content of the lumen moves. They define `area_rate`,
//! `vesicle_rate`, `volume_rate` and `NAME.rate` of each cargo and molecule. A cargo or a molecule must be listed, by the same
//! name, wherever it arrives. All vesicles of a store are equal: what flows into it takes on what `vesicle` says. Where
//! molecules gather, or cargo is taken up, take an organelle. Two stores between which vesicles move are described by the
//! same expressions; and where a store is at one end, leave the `vesicle` of the traffic out. All area together is conserved, less what is
//! made and lost, and so is each cargo and each kind of molecule that no reaction changes: every run reports it. Write what
//! a reaction keeps (receptors, free and bound) under `[conserved]` yourself.
//!
//! From a compartment to a bath or another compartment, too, traffic carries a solution with all that it holds. For sums over
//! compartments write `integral(NAME.SOLUTE.rate)` under `[conserved]`.
//!
//! A cell that drinks, and an organelle that gives back what it drank; a contractile vacuole throws it out again. Setting its
//! volume throws out water only; what is dissolved in it is set beside it (`set vacuole.salts.amount = 0 amol`), or all of it
//! leaves by traffic that a mode switches on and off:
//!
//! ```
//! # let text = r#"
//! title = "An amoeba drinks, and pumps itself dry"
//!
//! [bath.pond]
//! solutes.salts = "7 mM"
//!
//! [compartment.cytosol]
//! volume        = "1.2e6 um^3"
//! solutes.salts = "101 mM"
//!
//! [compartment.vacuole]
//! volume = "270 um^3"
//!
//! [membrane.plasmalemma]
//! between = ["pond", "cytosol"]
//! area    = "1e5 um^2"
//! Lp      = "2.7e-3 um/s/MPa"
//!
//! [membrane.vacuole_membrane]
//! between    = ["cytosol", "vacuole"]
//! area       = "5000 um^2"
//! water_pump = "1e-3 1/s*max(0 um^3, cytosol.volume - 1.08e6 um^3)"
//!
//! [pool.endosomes]
//! area   = "0 um^2"
//! volume = "0 um^3"
//! cargo.salts = "0 amol"
//!
//! [traffic.pinocytosis]
//! from         = "plasmalemma"
//! to           = "endosomes"
//! vesicle_rate = "100 1/s"
//! vesicle      = { diameter = "0.3 um" }
//!
//! [traffic.recycling]
//! from     = "endosomes"
//! to       = "plasmalemma"
//! fraction = "0.2 1/min"
//! vesicle  = { diameter = "0.1 um" }       # small vesicles: much membrane, little fluid
//!
//! [traffic.absorption]
//! from     = "endosomes"
//! to       = "cytosol"
//! fraction = "0.5 1/min"                   # of the lumen; the membrane stays
//!
//! [event.systole]
//! when = "vacuole.volume rises through 33510 um^3"
//! then = ["set vacuole.volume = 270 um^3", "count"]
//!
//! [experiment]
//! duration = "1 h"
//!
//! [outcomes]
//! systoles = "count of systole"
//! drunk    = { value = "integral(pinocytosis.volume_rate)", unit = "um^3" }
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert!(run.trajectory.is_ok(), "{:?}", run.trajectory.ledger);
//! # assert!((run.trajectory.outcomes[1].value.unwrap() - 5089.38).abs() < 0.1);
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! ## Reactions
//!
//! | Key | Meaning |
//! |---|---|
//! | `equation` | `A + 2 B -> C`, or `<->` for both ways; a side may be empty (`-> A`) |
//! | `forward`, `backward` | rate constants of mass action, or |
//! | `rate` | an expression: the net rate |
//! | `in` | where, if not where the species say: a compartment, membrane or pool |
//! | `unit`, `about` | how the rate is shown |
//!
//! A species is a state (which then needs no `rate` of its own), a solute of a compartment (`cell.Ca`), molecules of a
//! membrane or an organelle (`plasmalemma.R`), or cargo (`endosome.LDL`). What a bath holds, a parameter, a let takes part
//! without being used up. Among solutes the rate is a concentration per time in the water of the compartment; where
//! molecules of a membrane take part it is a number per area and time, and a solute loses one ion for each; among plain
//! states it is whatever these are, per time. They define `rate`, and `flow` (rate times water or area).
//!
//! ```
//! # let text = r#"
//! title = "A ligand binds to receptors, and a pump clears calcium"
//!
//! [bath.medium]
//! solutes.EGF = "10 nM"
//!
//! [compartment.cell]
//! volume     = "500 um^3"
//! solutes.Ca = "1 uM"
//!
//! [membrane.plasmalemma]
//! area      = "1000 um^2"
//! molecules = { R = 6500, C = 0 }
//!
//! [reaction.binding]
//! equation = "medium.EGF + plasmalemma.R <-> plasmalemma.C"
//! forward  = "0.097 1/nM/min"
//! backward = "0.24 1/min"
//!
//! [reaction.clearance]
//! equation = "cell.Ca ->"
//! rate     = "2 uM/s*hill(cell.Ca, 0.5 uM, 2)"
//!
//! [parameters]
//! N = 5
//!
//! [state.n]                              # a sensor with N sites: the fraction with i of them filled
//! each    = "i in 0..N"
//! initial = "if(i == 0, 1, 0)"
//! scale   = 1
//!
//! [reaction.site]
//! each     = "i in 0..N-1"
//! equation = "n[i] <-> n[i + 1]"
//! forward  = "(N - i)*90 1/uM/s*cell.Ca"
//! backward = "(i + 1)*9500 1/s*0.25^i"
//!
//! [experiment]
//! duration = "10 min"
//!
//! [outcomes]
//! bound = "final(plasmalemma.C.number)"
//!
//! [conserved]
//! receptors = "plasmalemma.R.number + plasmalemma.C.number"
//! sensors   = "sum(n[i], i in 0..N)"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert!((run.trajectory.outcomes[0].value.unwrap() - 6500.0 * 0.97 / 1.21).abs() < 0.1);
//! # assert!(run.trajectory.is_ok());
//! # Ok::<(), osmocyte::Error>(())
//! ```
