//! The program: arguments, log, hand over.

use clap::Parser;
use halfmoon::cli::{self, Args};
use std::process::ExitCode;

/// Warnings of our own, and of the window system and of what draws figures only what is an error.
const LOG: &str = "warn,winit=error,egui_system_font_provider=error,usvg=error";

fn main() -> ExitCode {
    let started = std::time::Instant::now();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(LOG)).init();
    let args = Args::parse();
    match &args.command {
        Some(command) => cli::run(command),
        None => open_window(args, started),
    }
}

#[cfg(feature = "gui")]
fn open_window(args: Args, started: std::time::Instant) -> ExitCode {
    use halfmoon::ui::{Options, Renderer, open};
    let renderer = match args.renderer {
        cli::Renderer::Auto => Renderer::Auto,
        cli::Renderer::Wgpu => Renderer::Wgpu,
        cli::Renderer::Glow => Renderer::Glow,
    };
    let reading = match cli::window_reading(&args.set) {
        Ok(reading) => reading,
        Err(e) => return cli::report(&e.into()),
    };
    let Args { model, data, session, .. } = args;
    let options = Options { model, data, reading, session, renderer, started: Some(started) };
    open(&options).map_or_else(|e| cli::report(&e.into()), |()| ExitCode::SUCCESS)
}

#[cfg(not(feature = "gui"))]
fn open_window(_: Args, _: std::time::Instant) -> ExitCode {
    eprintln!("halfmoon: this build has no window; use a subcommand (see --help) or build with the feature gui");
    ExitCode::FAILURE
}
