//! The window. The only place that knows egui; it reads the session and sends actions, and computes nothing
//! itself.
//!
//! To add a panel: a file in `panels/` and one line in `panels::all`. To add a command: a static in
//! `commands/` and its place in `commands::ALL`.

mod app;
mod columns;
mod commands;
mod context;
mod dialogs;
mod divergences;
mod files;
mod first_minute;
mod frame;
mod help;
pub mod icons;
mod keys;
mod layout;
mod modal;
mod pad;
mod palette;
mod panels;
mod place;
mod plane;
mod prefs;
mod preview;
mod regression;
mod samples;
mod series;
mod sheet_view;
mod sketch;
mod stage;
mod textures;
pub mod theme;
mod toasts;
mod top_bar;
pub mod widgets;

pub use app::App;

use crate::data::{DataChoice, ReadSettings};
use eframe::egui;
use std::path::PathBuf;

/// What the window opens with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A model file; else the embedded model.
    pub model: Option<PathBuf>,
    /// Data; else the embedded digits.
    pub data: Option<DataChoice>,
    /// How these are read.
    pub reading: ReadSettings,
    /// A session file, in the place of both.
    pub session: Option<PathBuf>,
    /// What draws it.
    pub renderer: Renderer,
    /// When the program started, to say in the log how long the first picture took.
    pub started: Option<std::time::Instant>,
}

/// What draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renderer {
    /// wgpu on a real GPU, else OpenGL, else any wgpu.
    #[default]
    Auto,
    /// wgpu.
    Wgpu,
    /// OpenGL.
    Glow,
}

/// Why the window could not open.
#[derive(Debug, thiserror::Error)]
#[error(
    "could not open a window: {0}; is there a display? Without one, the subcommands do the same work (see --help)"
)]
pub struct WindowError(String);

/// Opens the window and returns when it is closed.
pub fn open(options: &Options) -> Result<(), WindowError> {
    let attempts: &[(eframe::Renderer, bool)] = match options.renderer {
        Renderer::Wgpu => &[(eframe::Renderer::Wgpu, false)],
        Renderer::Glow => &[(eframe::Renderer::Glow, false)],
        Renderer::Auto => {
            &[(eframe::Renderer::Wgpu, true), (eframe::Renderer::Glow, false), (eframe::Renderer::Wgpu, false)]
        }
    };
    if !has_display() {
        return Err(WindowError("no display was found".into()));
    }
    let mut last = String::new();
    for &(renderer, real_gpu_only) in attempts {
        if real_gpu_only && !has_real_gpu() {
            continue;
        }
        match open_with(options, renderer) {
            Ok(()) => return Ok(()),
            Err(e) => {
                log::info!("{renderer}: {e}");
                last = e.to_string();
            }
        }
    }
    Err(WindowError(last))
}

/// What the system calls the program, and the folder that its window remembers things in.
const APP: &str = "halfmoon";

fn open_with(options: &Options, renderer: eframe::Renderer) -> eframe::Result {
    let native = eframe::NativeOptions {
        renderer,
        viewport: egui::ViewportBuilder::default()
            .with_title("halfmoon")
            .with_app_id(APP)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([640.0, 480.0])
            .with_icon(icon())
            .with_drag_and_drop(true),
        ..Default::default()
    };
    let options = options.clone();
    eframe::run_native(APP, native, Box::new(move |cc| Ok(Box::new(App::new(cc, options)?))))
}

/// Whether a window system can be reached; winit's own errors are long.
fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Whether wgpu finds a processor made for graphics; in software it is six times slower than OpenGL.
fn has_real_gpu() -> bool {
    use eframe::wgpu;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY)).iter().any(|adapter| {
        matches!(adapter.get_info().device_type, wgpu::DeviceType::DiscreteGpu | wgpu::DeviceType::IntegratedGpu)
    })
}

/// The mark as the window's icon.
fn icon() -> egui::IconData {
    const SIDE: u32 = 64;
    let theme = theme::Theme::dark();
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for i in 0..SIDE * SIDE {
        let (x, y) = ((i % SIDE) as f32 - 31.5, (i / SIDE) as f32 - 31.5);
        let r = x.hypot(y);
        let lit = if x < 0.0 { 1.0 } else { (4.0 - (r - 25.0).abs()).clamp(0.0, 1.0) };
        let alpha = (28.0 - r).clamp(0.0, 1.0) * lit;
        rgba.extend(theme::rgb(theme.accent));
        rgba.push((alpha * 255.0) as u8);
    }
    egui::IconData { rgba, width: SIDE, height: SIDE }
}
