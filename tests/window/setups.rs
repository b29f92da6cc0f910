//! Set-ups: each comes about by itself and is one step of undo.

use super::harness::Window;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, PathEnd, Session, ToastKind, Tool, setups};
use halfmoon::worker::ViewId;

/// What each set-up must have brought about, by its name: one that is added here without a check fails.
fn is_as_promised(name: &str, session: &Session) -> bool {
    let spec = session.spec();
    let classes = || {
        let labels = session.data()?.train.labels()?;
        let class = |end: usize| {
            let Some(PathEnd::Sample(sample)) = spec.path.ends[end] else { return None };
            labels.names.get(usize::from(*labels.of.get(sample as usize)?)).map(String::as_str)
        };
        Some([class(0)?, class(1)?])
    };
    let pca = |session: &Session| {
        let beside = session.visible().find(|slot| slot.id != spec.active);
        beside.is_some_and(|slot| slot.model.is_closed_form() && session.stands(slot.id) == "solved")
    };
    match name {
        "Full moon to half moon, with both" => {
            session.visible().count() == 2 && classes() == Some(["full", "half"])
        }
        "Full moon to half moon, with the VAE" | "Full moon to half moon, with the AE" => {
            spec.tool == Tool::Path && classes() == Some(["full", "half"]) && session.path_t() == Some(0.0)
        }
        "PCA and deep AE, 2 dimensions" => pca(session) && session.latent_dim() == 2,
        "PCA and deep AE, 30 dimensions" => pca(session) && session.latent_dim() == 30,
        "Denoising, 16 dimensions" => pca(session) && spec.stage.is_some() && session.latent_dim() == 16,
        "GAN: two bumps, even match" => {
            spec.data == DataChoice::Bumps && !session.slot().model.parts().is_empty() && session.is_running()
        }
        "GAN: ring of eight, none missed"
        | "GAN: a discriminator too strong"
        | "GAN: an overshoot that leaves again" => {
            spec.data == DataChoice::Ring && !session.slot().model.parts().is_empty() && session.is_running()
        }
        _ => panic!("no check for {name:?}"),
    }
}

#[test]
fn every_set_up_comes_about() {
    let mut window = Window::of(DataChoice::FullHalf);
    for setup in setups() {
        window.act(Action::SetUp(setup.name.clone()));
        window.wait(&setup.name, |session| {
            let failed = session.toasts().iter().find(|toast| toast.kind == ToastKind::Bad);
            assert!(failed.is_none(), "{}: {failed:?}", setup.name);
            !session.is_setting_up() && !session.is_busy() && is_as_promised(&setup.name, session)
        });
        if window.session().is_running() {
            window.act(Action::Pause);
            window.wait("the pause and its pictures", |session| {
                let spec = session.spec();
                let has_rows = spec.corrupted_page.is_none() || session.corrupted(spec.active).is_some();
                !session.is_running() && (has_rows || !session.capabilities().mends())
            });
        }
    }
}

#[test]
fn a_set_up_is_one_step_of_undo() {
    let mut window = Window::opening();
    let (spec, picture) = (window.session().spec().clone(), window.pixels(ViewId::Picture));
    window.act(Action::SetUp("Full moon to half moon, with the VAE".into()));
    window.wait("the walk", |session| session.path_t().is_some() && !session.is_busy());
    window.click("Undo");
    window.wait("the digits", |session| session.spec().data == DataChoice::Mnist && session.can_train());
    window.settle();
    assert_eq!(*window.session().spec(), spec);
    assert_eq!(window.pixels(ViewId::Picture), picture);
}
