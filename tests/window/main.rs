//! The whole window without a display: what a hand does, and what the session and the pictures say
//! afterwards.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

mod attributes;
mod brought;
mod chain;
mod charts;
mod colour;
mod commands;
mod compare;
mod complete;
mod decode;
mod dimensions;
mod divergences;
mod documents;
mod drawing;
mod errors;
mod exports;
mod figures;
mod files;
mod find;
mod grid;
mod harness;
mod labels;
mod layers;
mod learn;
mod legend;
mod nearby;
mod newcomer;
mod on_data;
mod outliers;
mod path;
mod plane;
mod present;
mod preview;
mod select;
mod sentences;
mod series;
mod sessions;
mod setups;
mod sizes;
mod small;
mod stage;
mod tables;
mod units;
