//! Looking back along a training.

use super::*;

impl Stage {
    /// Trains on the run in hand, with snapshots at these steps, and stops at the last.
    fn train_by(&mut self, steps: &[u64]) {
        let begin = self.begun.take().unwrap();
        for &step in steps {
            let run = self.run(&begin, step);
            self.publish(&run, Phase::Running);
        }
        let run = self.run(&begin, *steps.last().unwrap());
        self.publish(&run, Phase::Paused);
        let (checkpoint, generation) = (Arc::new(run.checkpoint().unwrap()), self.session.run.generation);
        self.begun = Some(begin);
        self.event(Event::Stopped { generation, checkpoint, finished: false, training_secs: 0.1 });
    }

    fn back_to(&mut self, step: u64) {
        self.act(Action::LookBack(SlotId(0), Some(step)));
        while self.derive().contains(&"looking back") {}
    }
}

#[test]
fn plane_and_decoder_go_back_together_and_what_is_trained_and_saved_does_not() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(9)));
    stage.train_by(&[2, 5, 9]);
    let steps: Vec<u64> = stage.session.film().frames().iter().map(|frame| frame.step).collect();
    assert_eq!(steps, [2, 5, 9]);
    let now = Arc::clone(stage.session.model().unwrap());
    let codes_now = stage.session.cloud().unwrap().codes.mu.clone();
    stage.act(Action::AlignBack(false));
    stage.back_to(6);
    assert_eq!(stage.session.looked_back(SlotId(0)), Some(5), "the last one before");
    let film = Arc::clone(&stage.session.film().frames()[1].cloud);
    assert_eq!(stage.session.cloud().unwrap().codes.mu, film.codes.mu, "raw");
    assert!(!Arc::ptr_eq(stage.session.model().unwrap(), &now), "another decoder");
    assert_eq!(stage.session.weights().checkpoint.as_ref().unwrap().trained.step, 9);
    assert!(stage.session.stands(SlotId(0)).contains("step 5"));
    assert_eq!(stage.slot().z, stage.centre(), "what is kept follows");
    // Aligned, each code lies nearer to that of now, or as near.
    stage.act(Action::AlignBack(true));
    while stage.derive().contains(&"looking back") {}
    let off = |codes: &ndarray::Array2<f32>| (codes - &codes_now).mapv(|d| d * d).sum();
    let aligned = stage.session.cloud().unwrap().codes.mu.clone();
    assert!(off(&aligned) <= off(&film.codes.mu) + 1e-6);
    stage.act(Action::SaveModel(Some("x.safetensors".into())));
    let checkpoint = stage.session.weights().checkpoint.clone().unwrap();
    stage.event(Event::Saved("x.safetensors".into(), Some(checkpoint), Ok(10)));
    let said = &stage.session.toasts().last().unwrap().second;
    assert!(said.contains("step 9") && said.contains("not the one of step 5"), "{said}");
    stage.act(Action::LookBack(SlotId(0), None));
    assert!(Arc::ptr_eq(stage.session.model().unwrap(), &now));
    assert_eq!(stage.session.cloud().unwrap().codes.mu, codes_now);
}

#[test]
fn training_goes_on_while_one_looks_back_and_new_weights_begin_a_new_film() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(6)));
    stage.train_by(&[2, 4]);
    stage.act(Action::AlignBack(false));
    stage.back_to(2);
    let shown = stage.session.cloud().unwrap().codes.mu.clone();
    stage.act(Action::Train(Until::Steps(6)));
    assert!(stage.session.is_running());
    stage.train_by(&[6]);
    while stage.derive().contains(&"looking back") {}
    assert_eq!(stage.session.cloud().unwrap().codes.mu, shown, "what is looked at stays");
    assert_eq!(stage.session.film().frames().last().unwrap().step, 6, "and the film grows");
    assert_eq!((stage.session.stepped_back(-1), stage.session.stepped_back(1)), (Some(2), Some(4)));
    stage.act(Action::LookBack(SlotId(0), None));
    assert_eq!((stage.session.stepped_back(-1), stage.session.stepped_back(1)), (Some(6), None));
    stage.back_to(4);
    stage.act(Action::Reset);
    assert!(stage.session.looked_back(SlotId(0)).is_none() && stage.session.film().frames().is_empty());
    stage.act(Action::LookBack(SlotId(0), Some(3)));
    assert!(stage.session.looked_back(SlotId(0)).is_none());
}

#[test]
fn what_is_looked_back_at_is_in_no_file_and_is_measured_for_itself() {
    const TABLE: &str = "holding dimensions against factors";
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(9)));
    stage.train_by(&[2, 9]);
    let checkpoint = stage.session.weights().checkpoint.clone().unwrap();
    stage.event(Event::Saved("x.safetensors".into(), Some(checkpoint), Ok(10)));
    assert!(stage.session.model_file().is_some());
    stage.act(Action::Unfold(Fold::DimensionTable, true));
    assert!(stage.derive().contains(&TABLE) && stage.session.dimension_table().is_some());
    stage.act(Action::LookBack(SlotId(0), Some(2)));
    assert!(stage.derive().contains(&"looking back"));
    assert!(stage.session.dimension_table().is_none(), "that of the newest state is not of what is seen");
    assert!(stage.derive().contains(&TABLE) && stage.session.dimension_table().is_some());
    assert_eq!(stage.session.model_file(), None, "no command makes a picture of it");
    stage.act(Action::Train(Until::Steps(2)));
    assert!(stage.last_toast().contains("newest state"), "{}", stage.last_toast());
    stage.train_by(&[11]);
    stage.act(Action::LookBack(SlotId(0), None));
    assert!(stage.session.dimension_table().is_none());
}

#[test]
fn a_frame_is_turned_anew_once_the_codes_of_now_are_others() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(6)));
    stage.train_by(&[2, 4]);
    stage.back_to(2);
    assert!(stage.session.is_back_aligned());
    let shown = Arc::clone(stage.session.cloud().unwrap());
    stage.act(Action::Train(Until::Steps(6)));
    stage.train_by(&[6]);
    while stage.derive().contains(&"looking back") {}
    assert!(!Arc::ptr_eq(stage.session.cloud().unwrap(), &shown));
}
