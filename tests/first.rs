//! The first model runs.

#[test]
fn first() {
    let s = match osmocyte::Simulation::shipped("red-blood-cell") {
        Ok(s) => s,
        Err(e) => panic!("{e}"),
    };
    let r = match s.run(&Default::default()) {
        Ok(s) => s,
        Err(e) => panic!("{e}"),
    };
    println!(
        "{:#?} {:?} {:?}",
        r.trajectory.outcomes, r.trajectory.events, r.trajectory.status
    );
    println!("{:?} {:?}", r.trajectory.ledger, r.counters);
    for c in osmocyte::study::check(&s).unwrap() {
        println!("{c:?}");
    }
}
