//! The steps of a tape in Cranelift's language.

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{AbiParam, FuncRef, InstBuilder, MemFlags, Value, types};
use cranelift_frontend::FunctionBuilder;
use cranelift_jit::JITModule;
use cranelift_module::{Linkage, Module};

use super::Unavailable;
use crate::compile::tape::{Code, Tape, Visitor};

/// Takes the value of a code for two operands.
struct Apply<'a> {
    a: f64,
    b: f64,
    value: &'a mut f64,
}

impl Visitor for Apply<'_> {
    #[inline(always)]
    fn visit(self, value: impl Fn(f64, f64, f64) -> f64) {
        *self.value = value(self.a, self.b, self.b);
    }
}

macro_rules! called {
    ($($code:ident)*) => {
        /// Where the function of a code is that is not made of instructions here. It takes two operands in any case.
        fn address(code: Code) -> Option<*const u8> {
            match code {
                $(Code::$code => {
                    extern "C" fn function(a: f64, b: f64) -> f64 {
                        let mut value = 0.0;
                        Code::$code.visit(Apply { a, b, value: &mut value });
                        value
                    }
                    Some(function as *const u8)
                })*
                _ => None,
            }
        }
    };
}

called! {
    Not Sign Step Exp Ln Log10 Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Power And Or LibraryPower
}

/// Names and addresses of the functions that the body calls.
pub(super) fn symbols(tape: &Tape) -> Vec<(String, *const u8)> {
    called(tape)
        .filter_map(|code| Some((symbol(code), address(code)?)))
        .collect()
}

fn symbol(code: Code) -> String {
    format!("osmocyte {code:?}")
}

/// Each called code of the body once.
fn called(tape: &Tape) -> impl Iterator<Item = Code> {
    let used = |code: &&Code| tape.body.iter().any(|step| step.code == **code);
    let called = Code::ALL.iter().filter(|code| address(**code).is_some());
    called.filter(used).copied()
}

/// Fills the function: parameters are time and the addresses of the states, the registers and the outputs.
pub(super) fn body(
    mut builder: FunctionBuilder,
    tape: &Tape,
    module: &mut JITModule,
) -> Result<(), Unavailable> {
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let mut signature = module.make_signature();
    signature.params = vec![AbiParam::new(types::F64); 2];
    signature.returns = vec![AbiParam::new(types::F64)];
    let mut functions = HashMap::new();
    for code in called(tape) {
        let id = module
            .declare_function(&symbol(code), Linkage::Import, &signature)
            .map_err(Unavailable::because)?;
        functions.insert(code, module.declare_func_in_func(id, builder.func));
    }
    if let &[time, states, fixed, outputs] = builder.block_params(block) {
        let mut registers = vec![None; tape.n_registers];
        registers[0] = Some(time);
        Emit {
            builder: &mut builder,
            functions,
            registers,
            states,
            fixed,
            outputs,
        }
        .tape(tape);
    }
    builder.ins().return_(&[]);
    builder.finalize();
    Ok(())
}

struct Emit<'a, 'f> {
    builder: &'a mut FunctionBuilder<'f>,
    functions: HashMap<Code, FuncRef>,
    /// What each register of the tape holds now, where it has been read or written.
    registers: Vec<Option<Value>>,
    states: Value,
    fixed: Value,
    outputs: Value,
}

impl Emit<'_, '_> {
    fn tape(&mut self, tape: &Tape) {
        let row = tape.first_output..tape.first_output + tape.outputs.len();
        let mut written = vec![false; row.len()];
        for step in &tape.body {
            let [a, b, c] = [step.a, step.b, step.c].map(|register| self.read(tape, register));
            let value = self.value(step.code, a, b, c);
            self.registers[step.to as usize] = Some(value);
            // Written as soon as it is there: nothing has to be kept until the end.
            if row.contains(&(step.to as usize)) {
                let output = step.to as usize - tape.first_output;
                written[output] = true;
                self.write(output, value);
            }
        }
        for (i, &register) in tape.outputs.iter().enumerate() {
            if !written[i] {
                let value = self.read(tape, register);
                self.write(i, value);
            }
        }
    }

    fn write(&mut self, output: usize, value: Value) {
        let offset = (output * size_of::<f64>()) as i32;
        self.builder
            .ins()
            .store(MemFlags::trusted(), value, self.outputs, offset);
    }

    fn read(&mut self, tape: &Tape, register: u32) -> Value {
        let register = register as usize;
        if let Some(known) = self.registers[register] {
            return known;
        }
        let (from, place) = if (Tape::STATES..tape.first_param()).contains(&register) {
            (self.states, register - Tape::STATES)
        } else {
            (self.fixed, register)
        };
        let offset = (place * size_of::<f64>()) as i32;
        let value = self
            .builder
            .ins()
            .load(types::F64, MemFlags::trusted(), from, offset);
        self.registers[register] = Some(value);
        value
    }

    /// The same as [`Code::visit`] gives.
    fn value(&mut self, code: Code, a: Value, b: Value, c: Value) -> Value {
        if let Some((outer, inner, left)) = code.parts() {
            let first = self.value(inner, a, b, b);
            return match left {
                true => self.value(outer, first, c, c),
                false => self.value(outer, c, first, first),
            };
        }
        match code {
            Code::Add => self.builder.ins().fadd(a, b),
            Code::Subtract => self.builder.ins().fsub(a, b),
            Code::Multiply => self.builder.ins().fmul(a, b),
            Code::Divide => self.builder.ins().fdiv(a, b),
            Code::Negate => self.builder.ins().fneg(a),
            Code::Abs => self.builder.ins().fabs(a),
            Code::Sqrt => self.builder.ins().sqrt(a),
            Code::Min => self.extreme(FloatCC::LessThan, a, b),
            Code::Max => self.extreme(FloatCC::GreaterThan, a, b),
            Code::Less => self.compare(FloatCC::LessThan, a, b),
            Code::LessEqual => self.compare(FloatCC::LessThanOrEqual, a, b),
            Code::Greater => self.compare(FloatCC::GreaterThan, a, b),
            Code::GreaterEqual => self.compare(FloatCC::GreaterThanOrEqual, a, b),
            Code::Equal => self.compare(FloatCC::Equal, a, b),
            Code::NotEqual => self.compare(FloatCC::NotEqual, a, b),
            Code::Select => self.select(a, b, c),
            _ => self.call(code, a, b),
        }
    }

    /// The function of the code. There is one for each code that is not listed above; the tests go through all codes.
    fn call(&mut self, code: Code, a: Value, b: Value) -> Value {
        let Some(&function) = self.functions.get(&code) else {
            return self.builder.ins().f64const(f64::NAN);
        };
        let call = self.builder.ins().call(function, &[a, b]);
        self.builder.inst_results(call)[0]
    }

    /// As [`crate::expr::op::min`] and `max`.
    fn extreme(&mut self, wins: FloatCC, a: Value, b: Value) -> Value {
        let wins = self.builder.ins().fcmp(wins, a, b);
        let nan = self.builder.ins().fcmp(FloatCC::Unordered, a, a);
        let first = self.builder.ins().bor(wins, nan);
        self.builder.ins().select(first, a, b)
    }

    /// 1 or 0, NaN when an operand is.
    fn compare(&mut self, relation: FloatCC, a: Value, b: Value) -> Value {
        let [one, zero] = [1.0, 0.0].map(|value: f64| self.builder.ins().f64const(value));
        let holds = self.builder.ins().fcmp(relation, a, b);
        let truth = self.builder.ins().select(holds, one, zero);
        self.unless_nan(a, b, truth)
    }

    /// As [`crate::expr::op::apply_select`].
    fn select(&mut self, c: Value, a: Value, b: Value) -> Value {
        let zero = self.builder.ins().f64const(0.0);
        let holds = self.builder.ins().fcmp(FloatCC::NotEqual, c, zero);
        let taken = self.builder.ins().select(holds, a, b);
        self.unless_nan(c, c, taken)
    }

    fn unless_nan(&mut self, a: Value, b: Value, value: Value) -> Value {
        let nan = self.builder.ins().f64const(f64::NAN);
        let unordered = self.builder.ins().fcmp(FloatCC::Unordered, a, b);
        self.builder.ins().select(unordered, nan, value)
    }
}
