#[test]
fn first() {
    let text = std::fs::read_to_string(std::env::var("M").unwrap()).unwrap();
    let s = match osmocyte::Simulation::from_text("x", &text) { Ok(s) => s, Err(e) => panic!("{e}") };
    let mut o = osmocyte::RunOptions::default();
    if let Ok(r) = std::env::var("RTOL") { o.rtol = Some(r.parse().unwrap()); }
    let t0 = std::time::Instant::now();
    let r = match s.run(&o) { Ok(s) => s, Err(e) => panic!("{e}") };
    println!("{:?}", t0.elapsed());
    for x in &r.trajectory.outcomes { println!("{} {:?} {}", x.name, x.value, x.unit); }
    for x in r.trajectory.events.iter().take(40) { println!("{} {:?}", x.name, x.t); }
    println!("{:?} {:?} {:?}", r.trajectory.status, r.trajectory.ledger, r.counters);
    for c in &r.trajectory.columns { println!("{} [{}] {:?} {:?}", c.name, c.unit, c.values.first(), c.values.last()); }
    for c in osmocyte::study::check(&s).unwrap() { println!("{c:?}"); }
}
