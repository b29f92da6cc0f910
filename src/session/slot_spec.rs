//! What a session says of one of its models: everything but its weights.

use crate::latent::plane::Plane;
use crate::model::ModelSpec;
use crate::train::{CodeCloud, TrainSpec};
use crate::worker::SlotId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A model, how it is trained, and how its plane is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotSpec {
    /// Its name within the session.
    pub id: SlotId,
    /// The model.
    pub model: ModelSpec,
    /// Its training.
    pub training: TrainSpec,
    /// The file its weights came from or went to, or an embedded model's name; none for weights that began
    /// here.
    pub file: Option<PathBuf>,
    /// Whether it was put beside another as that stood, and has not been trained since.
    pub is_copy: bool,
    /// Whether it is one of a series that is trained one after the other.
    pub is_in_series: bool,
    /// The model whose encoder is a classifier's first weights; not kept in files, where weights are whole.
    #[serde(skip)]
    pub encoder_of: Option<SlotId>,
    /// The kept code, whole.
    pub z: Vec<f32>,
    /// What the kept code stands on.
    pub anchor: Anchor,
    /// What its plane is drawn along.
    pub axes: PlaneAxes,
    /// What the user calls its dimensions, those that have a name.
    pub names: BTreeMap<usize, String>,
    /// Whether it is on screen.
    pub is_visible: bool,
    /// Whether the plane's view follows the codes.
    pub fit: AxisFit,
}

impl SlotSpec {
    /// Most letters of a dimension's name.
    pub const MAX_NAME: usize = 40;

    /// What a dimension is called: `z[3]`, or with its own name `z[3] slant`.
    pub fn name_of(&self, dim: usize) -> String {
        self.names.get(&dim).map_or_else(|| format!("z[{dim}]"), |name| format!("z[{dim}] {name}"))
    }

    /// A model that has not begun, drawn by its first two dimensions.
    pub fn new(id: SlotId, model: ModelSpec, training: TrainSpec) -> Self {
        let latent_dim = model.latent_dim();
        Self {
            id,
            model,
            training,
            file: None,
            is_copy: false,
            is_in_series: false,
            encoder_of: None,
            z: vec![0.0; latent_dim],
            anchor: Anchor::Centre,
            axes: PlaneAxes::first(latent_dim),
            names: BTreeMap::new(),
            is_visible: true,
            fit: AxisFit::Fitted,
        }
    }
}

/// What a kept code stands on, and follows while the codes move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The code nearest to the mean of the codes.
    Centre,
    /// The code of a training sample.
    Sample(u32),
    /// The code of the image that the models are asked about.
    Query,
    /// Nothing: it stays.
    Free,
}

/// What a plane is drawn along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaneAxes {
    /// These dimensions, across and up.
    Dimensions([usize; 2]),
    /// The two directions along which the codes spread most.
    Principal,
    /// The plane through the codes of three samples: across from the first to the second, up on the side of
    /// the third.
    Samples([u32; 3]),
}

impl PlaneAxes {
    /// The plane through `z`, where the codes of a model are `cloud`; of its first two dimensions where these
    /// say nothing of another.
    pub fn plane(self, z: &[f32], cloud: Option<&CodeCloud>) -> Plane {
        let plane = match self {
            Self::Dimensions([x, y]) => Some(Plane::axes(z, x, y)),
            Self::Principal => {
                let principal = cloud.and_then(|cloud| cloud.principal.as_ref());
                principal.filter(|principal| principal.mean.len() == z.len()).map(|principal| principal.plane(z))
            }
            Self::Samples(samples) => cloud.and_then(|cloud| cloud.plane_through(samples)),
        };
        plane.unwrap_or_else(|| Plane::axes(z, 0, 1))
    }

    /// The first two dimensions of codes of this length.
    pub const fn first(latent_dim: usize) -> Self {
        Self::Dimensions([0, if latent_dim > 1 { 1 } else { 0 }])
    }

    /// The dimensions, where it is drawn along any.
    pub const fn dimensions(self) -> Option<[usize; 2]> {
        match self {
            Self::Dimensions(dims) => Some(dims),
            Self::Principal | Self::Samples(_) => None,
        }
    }
}

/// Whether the plane's view follows the codes while they move.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisFit {
    /// The view is fitted to every snapshot until it is panned or zoomed.
    Fitted,
    /// The view stays on a part of the plane, which is seen whole in a plane of any size.
    Fixed {
        /// Its middle, in plot coordinates.
        centre: [f32; 2],
        /// Half of what is seen across and up.
        half: [f32; 2],
    },
}

impl AxisFit {
    /// What is seen, across and up, in plot coordinates; none while that follows the codes.
    pub fn range(self) -> Option<[[f32; 2]; 2]> {
        match self {
            Self::Fitted => None,
            Self::Fixed { centre, half } => {
                Some([0, 1].map(|axis| [centre[axis] - half[axis], centre[axis] + half[axis]]))
            }
        }
    }
}
