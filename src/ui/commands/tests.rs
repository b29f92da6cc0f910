use super::*;
use crate::session::SessionSpec;
use eframe::egui::{Event, RawInput};
use std::collections::BTreeSet;

/// Every key of every command, with its command.
fn all_keys() -> impl Iterator<Item = (Keys, &'static Command)> {
    ALL.into_iter().flat_map(|command| command.keys.iter().map(move |keys| (*keys, command)))
}

/// What of `commands` is done when `keys` are pressed, wherever they are ready or not.
fn done_by(keys: Keys, commands: &[&'static Command]) -> Vec<&'static str> {
    let ctx = Context::default();
    let key =
        Event::Key { key: keys.key, physical_key: None, pressed: true, repeat: false, modifiers: keys.modifiers };
    let input = RawInput { events: vec![key], ..RawInput::default() };
    let session = Session::new(SessionSpec::default());
    let mut done = Vec::new();
    let output = ctx.run_ui(input, |ui| {
        done = pressed(commands, ui.ctx(), &session).into_iter().map(|command| command.name).collect();
    });
    output.drop_without_applying_deltas();
    done
}

/// The command as it is where it can always be done.
fn ready(command: &'static Command) -> &'static Command {
    when(command, |_| Ok(()))
}

fn when(command: &'static Command, when: fn(&Session) -> ready::Ready) -> &'static Command {
    let Command { name, keys, help, group, .. } = *command;
    Box::leak(Box::new(Command { name, keys, help, group, when, does: Does::Order(Order::Help) }))
}

#[test]
fn what_stands_in_the_place_of_the_planes_is_exported_without_a_model() {
    assert!(ready::has_picture(&Session::new(SessionSpec::default())).is_err());
    let divergences = Some(crate::session::Divergences::default());
    let session = Session::new(SessionSpec { divergences, ..SessionSpec::default() });
    assert!(session.model().is_none() && ready::has_picture(&session).is_ok());
}

#[test]
fn names_and_keys_are_unique() {
    let names: BTreeSet<String> = ALL.iter().map(|command| command.name.to_lowercase()).collect();
    assert_eq!(names.len(), ALL.len());
    let keys: BTreeSet<String> = all_keys().map(|(keys, _)| keys.text()).collect();
    assert_eq!(keys.len(), all_keys().count());
    for command in ALL {
        let sentence = command.help;
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
        assert!(Group::ALL.iter().any(|(group, _)| *group == command.group));
    }
}

#[test]
fn every_key_does_its_own_command_and_no_other() {
    let all: Vec<&'static Command> = ALL.into_iter().map(ready).collect();
    for (keys, command) in all_keys().filter(|(keys, _)| !keys.on_release) {
        assert_eq!(done_by(keys, &all), [command.name], "{}", keys.text());
    }
}

#[test]
fn a_key_that_comes_too_early_is_answered() {
    let waits = when(&TRAIN, |_| Err(ready::LOADING));
    assert_eq!(done_by(waits.keys[0], &[waits]), [TRAIN.name]);
}

#[test]
fn what_cannot_be_done_now_is_not_done() {
    // A session without data or a model.
    for command in [&TRAIN, &RESET, &UNDO, &REDO, &SAMPLE, &SET_A, &SAVE, &EXPORT, &NEXT_LABEL] {
        for keys in command.keys {
            assert_eq!(done_by(*keys, &ALL), Vec::<&str>::new(), "{}", command.name);
        }
    }
    assert_eq!(done_by(OPEN.keys[0], &ALL), ["Open…"]);
}

#[test]
fn keys_are_written_as_they_stand_on_the_keyboard() {
    assert_eq!(
        [&REDO, &FEWER, &FOLD, &BACK_OUT, &PREVIOUS_LABEL, &CENTRE, &PLAY].map(Command::key),
        ["Ctrl Shift Z", "−", "\\", "Esc", "Shift L", "0", "Space"]
    );
    assert_eq!(UNDO.sentence(), "Takes the last step back; trained models come back too. Ctrl Z.");
    assert_eq!(STOP.sentence(), STOP.help);
}

/// Letters, digits and F keys belong to the table: what another file took by hand would be in no list.
#[test]
fn no_other_file_of_the_window_takes_a_letter() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut folders = vec![folder];
    let mut n_read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("commands")).then_some(path));
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, _) in code.match_indices("Key::") {
                let name: String = code[at + 5..].chars().take_while(|c| c.is_alphanumeric()).collect();
                // Help on the focused control comes before the list.
                let is_ours = name.len() == 1 || name.starts_with("Num") || name.starts_with('F') && name != "F1";
                assert!(!is_ours, "{}: Key::{name}", path.display());
            }
            n_read += 1;
        }
    }
    assert!(n_read > 50, "{n_read} files were read");
}
