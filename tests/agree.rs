//! Every way to evaluate the same equations agrees: tree, tape, hand-written Rust, derivatives, frozen kinks.

mod problems;

use std::sync::Arc;

use osmocyte::compile::{Evaluator, Function, FunctionEvaluator, Inputs, Program, Scratch};
use osmocyte::equations::Equations;
use osmocyte::expr::diff::Differentiator;
use osmocyte::expr::eval::{Dual, dual_binary, dual_unary, evaluate, evaluate_dual};
use osmocyte::expr::graph::{Binary, ExprId, Graph, Node, Unary, VarId};
use osmocyte::expr::kinks::freeze;
use osmocyte::system::{Flat, Target};
use osmocyte::trace::trace;
use osmocyte::units::Dimension;
use problems::{Chain, Exocytosis, Problem, Protoplast, RedCell};
use proptest::prelude::*;

/// One construction step of a random graph: which operation, and which earlier nodes.
#[derive(Clone, Debug)]
enum Recipe {
    Constant(f64),
    Unary(usize, usize),
    Binary(usize, usize, usize),
    Select(usize, usize, usize),
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let place = || 0usize..1000;
    prop_oneof![
        1 => prop_oneof![
            Just(0.0), Just(-0.0), Just(1.0), Just(-1.0), Just(2.0), Just(3.0), Just(4.0),
            Just(-2.0), Just(0.5),
        ].prop_map(Recipe::Constant),
        1 => (-3.0..3.0f64).prop_map(Recipe::Constant),
        4 => (0usize..18, place()).prop_map(|(op, a)| Recipe::Unary(op, a)),
        9 => (0usize..15, place(), place()).prop_map(|(op, a, b)| Recipe::Binary(op, a, b)),
        1 => (place(), place(), place()).prop_map(|(c, a, b)| Recipe::Select(c, a, b)),
    ]
}

fn recipes() -> impl Strategy<Value = Vec<Recipe>> {
    prop::collection::vec(recipe(), 1..60)
}

/// A random graph over time, two states and two parameters.
struct Sample {
    graph: Graph,
    time: VarId,
    states: Vec<VarId>,
    params: Vec<VarId>,
    nodes: Vec<ExprId>,
}

impl Sample {
    /// Follows the recipes, with or without simplification.
    fn new(recipes: &[Recipe], simplified: bool) -> Self {
        let mut graph = Graph::new();
        let variable = |name: &str| graph.variable(name, Dimension::default());
        let (variables, mut nodes): (Vec<_>, Vec<_>) =
            ["t", "x", "y", "a", "b"].map(variable).into_iter().unzip();
        let (unary, binary): (Vec<_>, Vec<_>) = (Unary::all().collect(), Binary::all().collect());
        for recipe in recipes {
            // A variable, or a recent node, so that graphs grow deep.
            let at = |place: usize| match place % 5 {
                0 | 1 => nodes[place / 5 % 5],
                _ => nodes[nodes.len() - 1 - place % nodes.len().min(12)],
            };
            let node = match (recipe, simplified) {
                (&Recipe::Constant(value), _) => graph.constant(value),
                (&Recipe::Unary(op, a), true) => graph.unary(unary[op], at(a)),
                (&Recipe::Unary(op, a), false) => graph.unary_as_is(unary[op], at(a)),
                (&Recipe::Binary(op, a, b), true) => graph.binary(binary[op], at(a), at(b)),
                (&Recipe::Binary(op, a, b), false) => graph.binary_as_is(binary[op], at(a), at(b)),
                (&Recipe::Select(c, a, b), true) => graph.select(at(c), at(a), at(b)),
                (&Recipe::Select(c, a, b), false) => graph.select_as_is(at(c), at(a), at(b)),
            };
            nodes.push(node);
        }
        let (states, params) = (variables[1..3].to_vec(), variables[3..].to_vec());
        Self {
            graph,
            time: variables[0],
            states,
            params,
            nodes,
        }
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            time: self.time,
            states: &self.states,
            params: &self.params,
        }
    }
}

fn same_bits(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()) || a == b
}

fn ulps(a: f64, b: f64) -> u64 {
    if a == b {
        0
    } else {
        a.to_bits().abs_diff(b.to_bits())
    }
}

/// True when some operation has a derivative that is infinite, missing or huge, such as `asin` at 1.
fn is_steep(graph: &Graph, nodes: &[ExprId], values: &dyn Fn(VarId) -> Dual) -> bool {
    let unit = |id: ExprId| Dual {
        slope: 1.0,
        ..evaluate_dual(graph, &[id], values)[0]
    };
    nodes.iter().any(|&id| {
        let slope = match graph.node(id) {
            Node::Unary(op, a) => dual_unary(op, unit(a)).slope,
            Node::Binary(op, a, b) => dual_binary(op, unit(a), unit(b)).slope,
            _ => 0.0,
        };
        slope.is_nan() || slope.abs() > 1e6
    })
}

/// Values of t, x, y, a, b, mostly benign, sometimes not.
fn point() -> impl Strategy<Value = [f64; 5]> {
    let value =
        prop_oneof![8 => 0.3..2.7f64, 2 => -3.0..3.0f64, 1 => Just(0.0), 1 => Just(f64::NAN)];
    prop::array::uniform5(value)
}

fn benign() -> impl Strategy<Value = [f64; 5]> {
    prop::array::uniform5(0.3..2.7f64)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn tape_and_tree_give_the_same_bits(recipes in recipes(), point in point(), simplified: bool) {
        let sample = Sample::new(&recipes, simplified);
        let tree = evaluate(&sample.graph, &sample.nodes, &|v| point[v.0 as usize]);
        let function = Function::new(&sample.graph, &sample.inputs(), &sample.nodes).unwrap();
        let mut out = vec![0.0; tree.len()];
        function.eval(&mut Scratch::default(), point[0], &point[1..3], &point[3..], &mut out);
        for (got, expected) in out.iter().zip(&tree) {
            prop_assert!(same_bits(*got, *expected), "{got} and {expected}");
        }
        #[cfg(feature = "jit")]
        {
            let machine = function.clone().with_machine_code().unwrap();
            machine.eval(&mut Scratch::default(), point[0], &point[1..3], &point[3..], &mut out);
            for (got, expected) in out.iter().zip(&tree) {
                prop_assert!(same_bits(*got, *expected), "machine code: {got} and {expected}");
            }
        }
        // Single nodes: fewer outputs, so that registers are used again and steps are fused.
        for (&node, &expected) in sample.nodes.iter().zip(&tree).rev().take(12) {
            let function = Function::new(&sample.graph, &sample.inputs(), &[node]).unwrap();
            for step in function.tape().prologue.iter().chain(&function.tape().body) {
                prop_assert!(![step.a, step.b, step.c].contains(&step.to), "{step:?}");
            }
            #[cfg(feature = "jit")]
            let ways = [function.clone(), function.with_machine_code().unwrap()];
            #[cfg(not(feature = "jit"))]
            let ways = [function];
            for function in ways {
                let mut evaluator = FunctionEvaluator::new(Arc::new(function));
                evaluator.bind(&point[3..]);
                for _ in 0..2 {
                    let mut out = [0.0];
                    evaluator.eval(point[0], &point[1..3], &mut out);
                    prop_assert!(same_bits(out[0], expected), "{} and {expected}", out[0]);
                }
            }
        }
    }

    #[test]
    fn simplification_keeps_finite_values(recipes in recipes(), point in benign()) {
        let values = |sample: &Sample| {
            evaluate(&sample.graph, &sample.nodes, &|v| point[v.0 as usize])
        };
        let (plain_graph, simple_graph) = (Sample::new(&recipes, false), Sample::new(&recipes, true));
        let (plain, simple) = (values(&plain_graph), values(&simple_graph));
        // Outside the real numbers nothing is promised, nor behind it. All rewrites so far are exact.
        for (i, (a, b)) in plain.iter().zip(&simple).enumerate() {
            let below = plain_graph.graph.reachable(&[plain_graph.nodes[i]]);
            let all = evaluate(&plain_graph.graph, &below, &|v| point[v.0 as usize]);
            if all.iter().all(|value| value.is_finite()) {
                prop_assert!(close(*a, *b, 1e-12), "node {i}: {a} became {b}");
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_dual_numbers(recipes in recipes(), point in benign()) {
        let mut sample = Sample::new(&recipes, true);
        let states = sample.states.clone();
        let mut differentiator = Differentiator::new(&states);
        for root in sample.nodes.clone() {
            let below = sample.graph.reachable(&[root]);
            let gradient = differentiator.gradient(&mut sample.graph, root);
            for (i, &state) in states.iter().enumerate() {
                let dual = |v: VarId| Dual {
                    value: point[v.0 as usize],
                    slope: if v == state { 1.0 } else { 0.0 },
                };
                let all = evaluate_dual(&sample.graph, &below, &dual);
                let largest =
                    all.iter().map(|d| d.slope.abs().max(d.value.abs())).fold(0.0, f64::max);
                let tame = all.iter().all(|d| d.value.is_finite() && d.slope.is_finite());
                if !tame || largest > 1e6 || is_steep(&sample.graph, &below, &dual) {
                    continue;
                }
                let entry = gradient.iter().find(|entry| entry.0 == i);
                let slope = entry.map_or(0.0, |entry| {
                    evaluate(&sample.graph, &[entry.1], &|v| point[v.0 as usize])[0]
                });
                let expected = evaluate_dual(&sample.graph, &[root], &dual)[0].slope;
                let error = (slope - expected).abs();
                prop_assert!(error <= 1e-8 * (1.0 + largest), "{slope} and {expected}");
            }
        }
    }

    #[test]
    fn frozen_kinks_equal_live_ones(recipes in recipes(), point in benign()) {
        let mut sample = Sample::new(&recipes, true);
        let roots = sample.nodes.clone();
        let live = evaluate(&sample.graph, &roots, &|v| point[v.0 as usize]);
        let mut slots = Vec::new();
        let mut new_slot = |graph: &mut Graph| {
            let (variable, node) = graph.variable("slot", Dimension::default());
            slots.push(variable);
            node
        };
        let frozen = freeze(&mut sample.graph, &roots, &|v| v.0 < 3, &mut new_slot);
        prop_assert_eq!(slots.len(), frozen.kinks.len());
        // Each sign needs the slots before it only.
        let mut set: Vec<f64> = Vec::new();
        let first = slots.first().map_or(u32::MAX, |slot| slot.0);
        let value = |set: &[f64], v: VarId| {
            if v.0 < first { point[v.0 as usize] } else { *set.get((v.0 - first) as usize).unwrap_or(&f64::NAN) }
        };
        let mut on_a_kink = false;
        for kink in &frozen.kinks {
            let g = evaluate(&sample.graph, &[kink.g], &|v| value(&set, v))[0];
            on_a_kink |= g == 0.0;
            set.push(if g.is_nan() { f64::NAN } else { f64::from(g > 0.0) });
        }
        if !on_a_kink {
            for (i, (a, b)) in evaluate(&sample.graph, &frozen.roots, &|v| value(&set, v))
                .into_iter().zip(live).enumerate()
            {
                // Infinity minus itself has no sign: there the slot is NaN where `max` still has a value.
                prop_assert!(close(a, b, 1e-12) || !a.is_finite() || !b.is_finite(), "root {i}: {a}, live {b}");
            }
        }
        // Nothing that moves is compared any more.
        let reachable = sample.graph.reachable(&frozen.roots);
        for id in reachable {
            let moves = |id: ExprId| {
                sample.graph.reachable(&[id]).iter().any(|&below| {
                    matches!(sample.graph.node(below), Node::Variable(v) if v.0 < 3)
                })
            };
            let kinked = match sample.graph.node(id) {
                Node::Unary(op, a) => matches!(op, Unary::Abs | Unary::Sign | Unary::Step) && moves(a),
                Node::Binary(op, a, b) => {
                    let live = matches!(op, Binary::Min | Binary::Max) || op.compares();
                    live && !matches!(op, Binary::Equal | Binary::NotEqual) && (moves(a) || moves(b))
                }
                _ => false,
            };
            prop_assert!(!kinked, "{:?} is still live", sample.graph.node(id));
        }
    }
}

fn evaluator(problem: &impl Problem) -> Evaluator {
    let program = Program::new(&trace(problem)).expect("all variables are inputs");
    let mut evaluator = Evaluator::new(Arc::new(program));
    evaluator.bind(&problem.params());
    evaluator
}

/// States around the problem's own, the kinks of the protoplast on both sides.
fn states(problem: &impl Problem) -> Vec<Vec<f64>> {
    let factor =
        |k: usize, i: usize| 1.0 + 0.17 * ((k * 7 + i * 13) % 11) as f64 - 0.8 * (k % 2) as f64;
    let vary = |k: usize| -> Vec<f64> {
        let state = problem.state();
        state
            .iter()
            .enumerate()
            .map(|(i, y)| y * factor(k, i))
            .collect()
    };
    std::iter::once(problem.state())
        .chain((0..20).map(vary))
        .collect()
}

fn by_hand(problem: &impl Problem, t: f64, y: &[f64]) -> Vec<f64> {
    let mut dy = vec![0.0; y.len()];
    problem.rhs(t, y, &problem.params(), &mut dy);
    dy
}

/// The graph keeps the order of operations of the source and every rewrite is exact, so the bits are the same.
fn check_against_hand(problem: &impl Problem) {
    let mut evaluator = evaluator(problem);
    for (k, y) in states(problem).into_iter().enumerate() {
        let t = 31.7 * k as f64;
        let mut dy = vec![0.0; y.len()];
        evaluator.rhs(t, &y, &mut dy);
        for (i, (got, expected)) in dy.iter().zip(by_hand(problem, t, &y)).enumerate() {
            assert_eq!(
                ulps(*got, expected),
                0,
                "state {i} at point {k}: {got} and {expected}"
            );
        }
    }
}

fn check_jacobian(problem: &impl Problem) {
    let mut evaluator = evaluator(problem);
    let pattern = evaluator.jacobian_pattern().expect("always known").clone();
    for (k, y) in states(problem).into_iter().enumerate() {
        let t = 31.7 * k as f64;
        let mut values = vec![f64::NAN; pattern.len()];
        evaluator.jacobian(t, &y, &mut values);
        for column in 0..y.len() {
            let step = 1e-5 * y[column].abs();
            let shifted = |sign: f64| {
                let mut y = y.clone();
                y[column] += sign * step;
                by_hand(problem, t, &y)
            };
            let (above, below) = (shifted(1.0), shifted(-1.0));
            let mut dense = vec![0.0; y.len()];
            for entry in pattern.columns[column]..pattern.columns[column + 1] {
                dense[pattern.rows[entry]] = values[entry];
            }
            for row in 0..y.len() {
                let quotient = (above[row] - below[row]) / (2.0 * step);
                let size = (above[row].abs() + below[row].abs()) / step;
                let error = (dense[row] - quotient).abs();
                let allowed = 1e-7 * (dense[row].abs() + quotient.abs()) + 1e-14 * size + 1e-12;
                assert!(
                    error <= allowed,
                    "({row}, {column}) at {k}: {} and {quotient}",
                    dense[row]
                );
            }
        }
    }
}

#[test]
fn traced_problems_equal_hand_written_ones() {
    check_against_hand(&RedCell);
    check_against_hand(&Exocytosis);
    check_against_hand(&Protoplast);
    check_against_hand(&Chain(40));
    // More than 256 and more than 65,536 registers: the other two widths.
    check_against_hand(&Chain(1000));
    check_against_hand(&Chain(40_000));
}

#[test]
fn traced_jacobians_are_difference_quotients() {
    check_jacobian(&RedCell);
    check_jacobian(&Exocytosis);
    check_jacobian(&Protoplast);
    check_jacobian(&Chain(12));
}

#[test]
fn the_partial_derivative_to_time() {
    let problem = Chain(5);
    let mut evaluator = evaluator(&problem);
    let (y, t) = (problem.state(), 700.0);
    let mut dfdt = vec![f64::NAN; 5];
    evaluator.time_derivative(t, &y, &mut dfdt);
    let (above, below) = (
        by_hand(&problem, t + 0.1, &y),
        by_hand(&problem, t - 0.1, &y),
    );
    assert_eq!(dfdt[..4], [0.0; 4]);
    let quotient = (above[4] - below[4]) / 0.2;
    assert!(
        quotient != 0.0 && close(dfdt[4], quotient, 1e-6),
        "{} and {quotient}",
        dfdt[4]
    );
}

#[test]
fn the_pattern_of_a_chain_is_tridiagonal() {
    let program = Program::new(&trace(&Chain(1000))).expect("all variables are inputs");
    for column in 0..1000 {
        let rows = &program.pattern.rows
            [program.pattern.columns[column]..program.pattern.columns[column + 1]];
        let expected: Vec<usize> = (column.saturating_sub(1)..(column + 2).min(1000)).collect();
        assert_eq!(rows, expected);
    }
}

#[test]
fn intermediate_results_share_registers() {
    let program = Program::new(&trace(&Chain(1000))).expect("all variables are inputs");
    let tape = program.rates.tape();
    let fixed = tape.first_param() + tape.n_params + tape.constants.len() + tape.prologue.len();
    let temporary = tape.n_registers - fixed - tape.outputs.len();
    assert!(
        temporary < 12,
        "{temporary} registers for intermediate results"
    );
}

#[test]
fn parameters_are_worked_on_once() {
    let program = Program::new(&trace(&RedCell)).expect("all variables are inputs");
    // p·A·v, the sum of the outer concentrations and p·A do not depend on the state.
    assert_eq!(program.rates.tape().prologue.len(), 3);
    assert_eq!(program.rates.tape().body.len(), 4);
}

#[test]
fn a_new_binding_reaches_every_function() {
    let problem = Exocytosis;
    let mut evaluator = evaluator(&problem);
    let y = problem.state();
    let len = evaluator.jacobian_pattern().expect("always known").len();
    let (mut before, mut after) = (vec![0.0; len], vec![0.0; len]);
    evaluator.jacobian(0.0, &y, &mut before);
    let mut p = problem.params();
    p[0] *= 2.0;
    evaluator.bind(&p);
    evaluator.jacobian(0.0, &y, &mut after);
    assert_ne!(before, after);
    evaluator.bind(&problem.params());
    evaluator.jacobian(0.0, &y, &mut after);
    assert_eq!(before, after);
}

#[test]
fn effects_read_before_they_write() {
    let mut graph = Graph::new();
    let mut variable = |name: &str| graph.variable(name, Dimension::default());
    let ((time, t), (vx, x), (vy, y), (vp, p)) =
        (variable("t"), variable("x"), variable("y"), variable("p"));
    let sum = graph.add(x, p);
    let event = graph.sub(x, y);
    let flat = Flat {
        graph,
        time,
        states: vec![vx, vy],
        params: vec![vp],
        rates: vec![y, x],
        events: vec![event],
        effects: vec![vec![
            (Target::State(0), y),
            (Target::State(1), x),
            (Target::Param(0), sum),
        ]],
    };
    let mut evaluator = Evaluator::new(Arc::new(
        Program::new(&flat).expect("all variables are inputs"),
    ));
    let (mut state, mut params) = ([2.0, 5.0], [10.0]);
    let mut g = [0.0];
    evaluator.bind(&params);
    evaluator.events(0.0, &state, &mut g);
    assert_eq!(g, [-3.0]);
    evaluator.apply(0, 0.0, &mut state, &mut params);
    assert_eq!((state, params), ([5.0, 2.0], [12.0]));
    evaluator.apply(7, 0.0, &mut state, &mut params);
    assert_eq!(
        (state, params),
        ([5.0, 2.0], [12.0]),
        "an event that does not exist does nothing"
    );

    let unbound = Flat {
        params: Vec::new(),
        rates: vec![p, t],
        ..flat
    };
    let error = Program::new(&unbound).expect_err("p is not an input");
    assert_eq!(
        error.to_string(),
        "`p` is neither time nor a state nor a parameter"
    );
}

#[test]
fn opposite_conditions_share_a_slot() {
    let mut graph = Graph::new();
    let (_, x) = graph.variable("x", Dimension::default());
    let (zero, five) = (graph.constant(0.0), graph.constant(5.0));
    let condition = graph.greater(x, zero);
    let roots = [
        graph.max(zero, x),
        graph.max(x, zero),
        graph.select(condition, five, x),
        graph.abs(x),
    ];
    let mut slots = 0;
    let frozen = freeze(&mut graph, &roots, &|v| v.0 == 0, &mut |graph| {
        slots += 1;
        graph.variable("slot", Dimension::default()).1
    });
    assert_eq!(slots, 1);
    assert_eq!(frozen.kinks[0].g, x);
    assert_eq!(frozen.roots[0], frozen.roots[1]);
    let (above, below) = (graph.less(five, x), graph.min(five, x));
    let frozen = freeze(&mut graph, &[above, below], &|v| v.0 == 0, &mut |graph| {
        graph.variable("slot", Dimension::default()).1
    });
    assert_eq!(frozen.kinks.len(), 1);
    assert_eq!(
        frozen.kinks[0].g,
        graph.sub(x, five),
        "above a threshold is positive"
    );
    // Of the swelling protoplast: its membrane is stretched, or there is too much of it.
    let (_, y) = graph.variable("y", Dimension::default());
    let (stretch, slack) = (graph.sub(x, y), graph.sub(y, x));
    let (stretch, slack) = (graph.div(stretch, y), graph.div(slack, y));
    let both = [graph.max(zero, stretch), graph.max(slack, zero)];
    let frozen = freeze(&mut graph, &both, &|_| true, &mut |graph| {
        graph.variable("slot", Dimension::default()).1
    });
    assert_eq!(frozen.kinks.len(), 1);
}

#[test]
fn deep_chains_need_no_stack() {
    let mut graph = Graph::new();
    let (variable, x) = graph.variable("x", Dimension::default());
    let (time, _) = graph.variable("t", Dimension::default());
    let mut deep = x;
    for _ in 0..100_000 {
        let sine = graph.sin(deep);
        deep = graph.max(sine, x);
    }
    let mut differentiator = Differentiator::new(&[variable]);
    let slope = differentiator.gradient(&mut graph, deep)[0].1;
    let mut flat = freeze(
        &mut graph,
        &[deep, slope],
        &|v| v == variable,
        &mut |graph| graph.variable("slot", Dimension::default()).1,
    );
    flat.roots.extend([deep, slope]);
    let params: Vec<VarId> = (2..graph.variables().len() as u32).map(VarId).collect();
    let inputs = Inputs {
        time,
        states: &[variable],
        params: &params,
    };
    let function = Function::new(&graph, &inputs, &flat.roots).expect("all variables are inputs");
    let mut out = [0.0; 4];
    function.eval(
        &mut Scratch::default(),
        0.0,
        &[0.5],
        &vec![0.0; params.len()],
        &mut out,
    );
    let tree = evaluate(&graph, &flat.roots[2..], &|_| 0.5);
    assert_eq!(out[2..], tree);
}
