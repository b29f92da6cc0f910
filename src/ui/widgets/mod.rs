//! The vocabulary the panels are written in: controls painted from the theme's tokens.
//!
//! Nearly every control is a builder that implements [`Widget`](eframe::egui::Widget), so it goes through
//! `ui.add`, `ui.put` or `ui.add_enabled`; the last dims it to 45 %. Each one has an accessible name that
//! reads alone, answers the keyboard and draws a ring while it has the focus. Names of values, sliders, lists
//! and fields are also their identity, so that a drag goes on when panels reorder: two of one kind in one
//! [`Ui`](eframe::egui::Ui) need two names. Buttons and tiles, whose names change with what they show, are
//! counted from the top of their [`part`].
//!
//! Nothing here knows models, data or sessions, and nothing moves by itself.

pub mod button;
pub mod chart;
pub mod checkbox;
pub mod combo;
mod edit;
mod fold;
mod help;
pub mod legend_item;
mod mark;
pub mod number;
mod paint;
mod palette_entry;
mod part;
mod picture_entry;
pub mod pill;
pub mod progress;
pub mod section;
pub mod slider;
pub mod stepper;
pub mod text_field;
pub mod tile;
pub mod toast;
pub mod tool_switch;
mod unusual;
pub mod value;

pub use button::{Button, Chip, IconButton, Link};
pub use checkbox::Checkbox;
pub use combo::{Combo, Item, marked_entry, menu_entry};
pub use fold::fold;
pub use help::help;
pub use legend_item::{LegendItem, Showing, legend_width};
pub use mark::mark;
pub use paint::{class_mark, cut_text, middle_text, row_ground};
pub use palette_entry::palette_entry;
pub use part::{child, ended, low, narrow, part};
pub use picture_entry::PictureEntry;
pub use section::{Aside, row, section_head};
pub use slider::Slider;
pub use stepper::Stepper;
pub use text_field::TextField;
pub use tile::Tile;
pub use toast::Toast;
pub use tool_switch::{Segmented, Tool, ToolSwitch};
pub use unusual::unusual;
pub use value::Value;
