//! Opens the program headless and drives it.

use eframe::egui::{
    ColorImage, Event, ImageData, Key, Modifiers, PointerButton, Pos2, Rect, Shape, TextureId, TexturesDelta,
    pos2, vec2,
};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, TestRenderer};
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Session, SlotId};
use halfmoon::ui::{App, Options};
use halfmoon::worker::ViewId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Far longer than anything takes, on a busy machine too; reached only when something is broken.
const TIME_OUT: Duration = Duration::from_secs(240);

/// What the graphics card would hold.
type Textures = Rc<RefCell<HashMap<TextureId, Arc<ColorImage>>>>;

/// Takes textures as a graphics card would, and draws nothing.
struct Uploads(Textures);

impl TestRenderer for Uploads {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.0.borrow_mut();
        for (id, deltas) in delta.set.drain() {
            for delta in deltas.into_iter().filter(|delta| delta.pos.is_none()) {
                let ImageData::Color(image) = delta.image;
                textures.insert(id, image);
            }
        }
        delta.free.drain().for_each(|id| drop(textures.remove(&id)));
    }
}

/// The program, opened.
pub struct Window {
    pub harness: Harness<'static, App>,
    textures: Textures,
}

impl Window {
    /// Opens with options and waits for codes and a picture.
    pub fn open(options: Options) -> Self {
        Self::open_sized(options, 1280.0, 800.0)
    }

    /// As `open`, in a window of another size.
    pub fn open_sized(options: Options, width: f32, height: f32) -> Self {
        let mut window = Self::unsettled_sized(options, width, height);
        window.wait("the first picture", |session| {
            session.cloud().is_some() && session.picture(ViewId::Picture).is_some() && !session.is_busy()
        });
        window.steps(3);
        window
    }

    /// Some data, with the model that they open with.
    pub fn of(data: DataChoice) -> Self {
        Self::open(Options { data: Some(data), ..Options::default() })
    }

    /// A trained model on its data.
    pub fn trained(model: &str, data: DataChoice) -> Self {
        Self::open(Options { data: Some(data), model: Some(model.into()), ..Options::default() })
    }

    /// As `open`, without waiting.
    pub fn unsettled(options: Options) -> Self {
        Self::unsettled_sized(options, 1280.0, 800.0)
    }

    fn unsettled_sized(options: Options, width: f32, height: f32) -> Self {
        let textures = Textures::default();
        let harness = Harness::builder()
            .renderer(Uploads(textures.clone()))
            .with_size(vec2(width, height))
            .with_step_dt(1.0 / 60.0)
            .build_eframe(|cc| App::new(cc, options).expect("the workers start"));
        Self { harness, textures }
    }

    /// The embedded model on its digits.
    pub fn opening() -> Self {
        Self::open(Options::default())
    }

    pub fn session(&self) -> &Session {
        self.harness.state().session()
    }

    pub fn act(&mut self, action: Action) {
        self.harness.state_mut().act(action);
        self.steps(2);
    }

    pub fn steps(&mut self, n: usize) {
        self.harness.run_steps(n);
    }

    /// Draws frames until the session says so.
    pub fn wait(&mut self, what: &str, mut done: impl FnMut(&Session) -> bool) {
        let begin = Instant::now();
        while !done(self.session()) {
            assert!(begin.elapsed() < TIME_OUT, "waited in vain for {what}");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Draws frames until a model shows what is wanted of it last.
    pub fn newest(&mut self, slot: SlotId, view: ViewId) {
        self.wait("the newest picture", |session| {
            let shown = session.picture_of(slot, view).map(|picture| picture.stamp);
            shown.is_some() && shown == session.wanted_stamp_of(slot, view)
        });
    }

    /// Draws frames until a message says this.
    pub fn told(&mut self, said: &str) {
        let is_said = |session: &Session| session.toasts().iter().any(|toast| toast.first.contains(said));
        self.wait(said, is_said);
    }

    /// Draws frames until this file is said to be written, and it is.
    pub fn written(&mut self, path: &Path) {
        let name = path.file_name().expect("a file").to_string_lossy();
        self.told(&format!("Wrote {name}"));
        assert!(path.exists(), "{name}");
    }

    /// Whether anything is called so.
    pub fn has(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Whether anything on screen says this among other things.
    pub fn says(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    /// Draws frames until every picture is the newest.
    pub fn settle(&mut self) {
        self.steps(2);
        self.wait("the pictures", |session| {
            [ViewId::Picture, ViewId::Grid]
                .iter()
                .all(|view| session.wanted_stamp(*view) == session.picture(*view).map(|picture| picture.stamp))
        });
        self.steps(2);
    }

    /// Everything that was drawn in the last frame.
    pub fn shapes(&self) -> Vec<Shape> {
        self.clipped_shapes().into_iter().map(|(_, shape)| shape).collect()
    }

    /// The same, each with the part of the window that it is cut to.
    fn clipped_shapes(&self) -> Vec<(Rect, Shape)> {
        fn flat(clip: Rect, shape: &Shape, into: &mut Vec<(Rect, Shape)>) {
            match shape {
                Shape::Vec(shapes) => shapes.iter().for_each(|shape| flat(clip, shape, into)),
                shape => into.push((clip, shape.clone())),
            }
        }
        let mut all = Vec::new();
        let shapes = &self.harness.output().shapes;
        shapes.iter().for_each(|clipped| flat(clipped.clip_rect, &clipped.shape, &mut all));
        all
    }

    /// The texts that were drawn in the last frame and are not cut away, and where.
    pub fn texts(&self) -> Vec<(String, Rect)> {
        let text = |(clip, shape): (Rect, Shape)| match shape {
            Shape::Text(text) => {
                let place = Rect::from_min_size(text.pos, text.galley.size());
                clip.intersects(place).then(|| (text.galley.text().to_owned(), place))
            }
            _ => None,
        };
        self.clipped_shapes().into_iter().filter_map(text).collect()
    }

    /// The rectangles that show parts of textures: of meshes of several tiles, and of pictures alone.
    pub fn textured(&self) -> [Vec<Rect>; 2] {
        let (mut tiles, mut pictures) = (Vec::new(), Vec::new());
        for shape in self.shapes() {
            match shape {
                Shape::Mesh(mesh) if mesh.texture_id != TextureId::default() && mesh.vertices.len() > 4 => {
                    let corners = mesh.vertices.chunks(4);
                    tiles.extend(corners.map(|corners| Rect::from_two_pos(corners[0].pos, corners[3].pos)));
                }
                Shape::Rect(rect) if rect.brush.is_some() => pictures.push(rect.rect),
                _ => {}
            }
        }
        [tiles, pictures]
    }

    pub fn pixels(&self, view: ViewId) -> Vec<u8> {
        self.session().picture(view).expect("a picture").tiles().rgba.clone()
    }

    /// Whether a texture holds this picture.
    pub fn is_uploaded(&self, size: [usize; 2], rgba: &[u8]) -> bool {
        let wanted = ColorImage::from_rgba_premultiplied(size, rgba);
        self.textures.borrow().values().any(|texture| texture.size == size && texture.pixels == wanted.pixels)
    }

    /// What the planes show: the codes of each model on screen, in no order.
    pub fn planes(&self) -> Vec<Arc<ColorImage>> {
        let textures = self.textures.borrow();
        // Neither tiles nor the letters of the font.
        let is_plane = |image: &&Arc<ColorImage>| image.size.iter().all(|side| (200..1200).contains(side));
        let mut planes: Vec<Arc<ColorImage>> = textures.values().filter(is_plane).cloned().collect();
        planes.sort_by_key(|image| image.pixels.iter().map(|pixel| pixel.to_array()).collect::<Vec<_>>());
        planes
    }

    /// Clicks the control with this accessible name; a heading of the same name comes before it.
    pub fn click(&mut self, name: &str) {
        let at = self.harness.get_all_by_label(name).last().expect(name).rect().center();
        self.click_at(at);
    }

    pub fn click_at(&mut self, at: Pos2) {
        self.move_to(at);
        self.button(at, PointerButton::Primary, true);
        self.button(at, PointerButton::Primary, false);
        self.steps(2);
    }

    pub fn move_to(&mut self, at: Pos2) {
        self.harness.event(Event::PointerMoved(at));
        self.steps(1);
    }

    pub fn button(&mut self, pos: Pos2, button: PointerButton, pressed: bool) {
        self.harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        self.steps(1);
    }

    /// Drags with a button; `during` sees the window half-way.
    pub fn drag(&mut self, button: PointerButton, from: Pos2, to: Pos2, mut during: impl FnMut(&mut Self)) {
        self.move_to(from);
        self.button(from, button, true);
        for i in 1..=8 {
            self.move_to(from + (to - from) * i as f32 / 8.0);
            if i == 4 {
                during(self);
            }
        }
        self.button(to, button, false);
        self.steps(2);
    }

    /// Does what the palette has under this name.
    pub fn command(&mut self, name: &str) {
        self.key(Modifiers::COMMAND, Key::K);
        self.harness.event(Event::Text(name.into()));
        self.steps(2);
        self.key(Modifiers::NONE, Key::Enter);
    }

    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.steps(2);
    }
}

/// The middle of the plane at 1280×800.
pub const MIDDLE: Pos2 = pos2(640.0, 404.0);
