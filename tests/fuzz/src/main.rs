//! The fuzz program. Built by `cargo xtask fuzz` it is libFuzzer's, over the target that the
//! environment variable `FUZZ_TARGET` names. In an ordinary build it runs a target once, on an input
//! that was found: `cargo run -p fuzz -- TARGET FILE`, or `base64:…` in the place of the file.

#![cfg_attr(feature = "libfuzzer", no_main)]

#[cfg(feature = "libfuzzer")]
libfuzzer_sys::fuzz_target!(init: fuzz::engine::prepare(), |input: &[u8]| -> libfuzzer_sys::Corpus {
    match fuzz::engine::observe(input) {
        fuzz::Worth::Keep => libfuzzer_sys::Corpus::Keep,
        fuzz::Worth::Drop => libfuzzer_sys::Corpus::Reject,
    }
});

#[cfg(not(feature = "libfuzzer"))]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    fuzz::replay::run(&arguments)
}
