//! JSON as Python writes it, with some values given as expressions.

use serde_json::Value;
use std::fmt::Write;

/// Values that are expressions of the program, each under the path of its keys: `training.epochs`.
pub type Expressions<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A value as Python writes it, a line a key.
pub fn literal(value: &Value, expressions: Expressions<'_>) -> String {
    let mut out = String::new();
    write_value(&mut out, value, "", 0, expressions);
    out
}

fn write_value(out: &mut String, value: &Value, path: &str, depth: usize, expressions: Expressions<'_>) {
    if let Some(expression) = expressions(path) {
        return out.push_str(&expression);
    }
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(holds) => out.push_str(if *holds { "True" } else { "False" }),
        Value::Number(number) => drop(write!(out, "{number}")),
        // What JSON escapes, Python reads alike.
        Value::String(_) => drop(write!(out, "{value}")),
        Value::Array(list) => {
            out.push('[');
            for (i, value) in list.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_value(out, value, "", depth, &|_| None);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push_str("{\n");
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let _ = write!(out, "{:1$}{key:?}: ", "", 4 * (depth + 1));
                write_value(out, value, &path, depth + 1, expressions);
                out.push_str(",\n");
            }
            let _ = write!(out, "{:1$}}}", "", 4 * depth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_becomes_python() {
        let value = json!({ "a": null, "b": { "c": [1, 2.5], "d": "x\"y" }, "e": true });
        let text = literal(&value, &|path| (path == "b.c").then(|| "C".into()));
        assert_eq!(
            text,
            "{\n    \"a\": None,\n    \"b\": {\n        \"c\": C,\n        \"d\": \"x\\\"y\",\n    },\n    \"e\": True,\n}"
        );
    }
}
