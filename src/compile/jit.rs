//! Tapes as machine code, through Cranelift. The only file with `unsafe` in it.
//!
//! The code does the operations of the tape in their order, so its results are the same bits; what is not one
//! instruction calls the function that the tape calls. To make it takes as long as ten thousand right-hand sides or more,
//! so it is made only where a program is asked for it.
#![allow(unsafe_code)]

mod emit;

use std::fmt;
use std::sync::Mutex;

use cranelift_codegen::ir::{AbiParam, types};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module, default_libcall_names};

use super::tape::Tape;

/// Why there is no machine code: a processor that is not known, or a tape beyond what the translator takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable(String);

impl Unavailable {
    fn because(reason: impl fmt::Display) -> Self {
        Unavailable(reason.to_string())
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no machine code: {}", self.0)
    }
}

impl std::error::Error for Unavailable {}

/// Time, states, registers that hold what is fixed between two calls of `bind`, outputs.
type Body = unsafe extern "C" fn(f64, *const f64, *const f64, *mut f64);

/// The body of a tape as machine code.
pub(super) struct Machine {
    body: Body,
    n_states: usize,
    n_registers: usize,
    n_outputs: usize,
    /// Owns the memory that `body` points to. Locked by nobody: it is there to be dropped, and a module is not `Sync`.
    module: Mutex<Option<JITModule>>,
}

impl Machine {
    /// Translates the body of the tape.
    pub fn new(tape: &Tape) -> Result<Self, Unavailable> {
        let mut flags = settings::builder();
        for (name, value) in [
            ("opt_level", "speed"),
            ("is_pic", "false"),
            ("use_colocated_libcalls", "false"),
        ] {
            flags.set(name, value).map_err(Unavailable::because)?;
        }
        let isa = cranelift_native::builder()
            .map_err(Unavailable::because)?
            .finish(settings::Flags::new(flags))
            .map_err(Unavailable::because)?;
        let mut builder = JITBuilder::with_isa(isa, default_libcall_names());
        for (name, address) in emit::symbols(tape) {
            builder.symbol(name, address);
        }
        let mut module = JITModule::new(builder);
        let mut context = module.make_context();
        let pointer = module.target_config().pointer_type();
        context.func.signature.params = [types::F64, pointer, pointer, pointer]
            .map(AbiParam::new)
            .into();
        let name = module
            .declare_function("body", Linkage::Export, &context.func.signature)
            .map_err(Unavailable::because)?;
        let mut scratch = FunctionBuilderContext::new();
        let builder = FunctionBuilder::new(&mut context.func, &mut scratch);
        emit::body(builder, tape, &mut module)?;
        module
            .define_function(name, &mut context)
            .map_err(Unavailable::because)?;
        module.clear_context(&mut context);
        module
            .finalize_definitions()
            .map_err(Unavailable::because)?;
        let code = module.get_finalized_function(name);
        // SAFETY: `code` is the start of the function just defined, whose parameters were declared above as those of
        // `Body`, with no result, in the C calling convention of this machine (the default of `make_context`). It
        // stays in memory as long as `module`, which stands beside it.
        let body = unsafe { std::mem::transmute::<*const u8, Body>(code) };
        Ok(Self {
            body,
            n_states: tape.n_states,
            n_registers: tape.first_body_register(),
            n_outputs: tape.outputs.len(),
            module: Mutex::new(Some(module)),
        })
    }

    /// The outputs (`[n_outputs]`) at time `t` and state `y` (`[n_states]`), for registers that hold the parameters, the
    /// constants and the results of the prologue. Panics when a slice is too short.
    #[inline]
    pub fn run(&self, t: f64, y: &[f64], registers: &[f64], out: &mut [f64]) {
        assert!(
            y.len() >= self.n_states
                && registers.len() >= self.n_registers
                && out.len() >= self.n_outputs
        );
        // SAFETY: the code reads `n_states` numbers of `y`, registers below `n_registers`, and writes `n_outputs`
        // numbers to `out`; `emit::body` uses no other address, and the lengths have just been looked at. `out` is
        // borrowed for writing, so it overlaps neither of the others.
        unsafe { (self.body)(t, y.as_ptr(), registers.as_ptr(), out.as_mut_ptr()) }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Ok(module) = self.module.get_mut()
            && let Some(module) = module.take()
        {
            // SAFETY: `body` is private to this value, which ends here, and no call of it is running: `run` borrows it.
            unsafe { module.free_memory() }
        }
    }
}
