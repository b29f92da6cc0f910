//! The part of Python's pickle that a state dict of PyTorch is written in, read as plain data.
//!
//! A pickle is a program for a machine with a stack; Python runs it, and it may call anything. Here nothing
//! is called: names stand for themselves, and the few that a state dict uses (functions that make tensors,
//! storages, ordered dicts) are understood. Some harmless companions of a checkpoint are left aside; any
//! other name is refused. Values lie in one list and refer to each other by number, so that neither sharing
//! nor a circle costs anything: what is kept grows with the file and no faster.

use super::allowed::{DICTS, REBUILDS, WRAPS, is_known, refusal};
use std::collections::HashMap;

/// Where a value lies.
pub type Id = usize;

/// A value of the pickle.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// What is of no use here: none, numbers that are not whole, bytes, objects left aside.
    Other,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A tuple, a list or a set.
    List(Vec<Id>),
    /// A dictionary, in its own order.
    Dict(Vec<(Id, Id)>),
    /// A class or a function by its full name.
    Name(String),
    /// A place for the numbers of tensors.
    Storage(Storage),
    /// A view of a storage.
    Tensor(View),
}

/// A storage as the pickle speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// The name of its type, such as `torch.FloatStorage`.
    pub kind: Id,
    /// The text under which its bytes are stored.
    pub key: Id,
    /// How many numbers it holds.
    pub len: usize,
}

/// A tensor as the pickle speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The numbers: a [`Node::Storage`].
    pub storage: Id,
    /// Where in the storage it begins.
    pub offset: usize,
    /// Lengths of its axes.
    pub shape: Vec<usize>,
    /// Steps in the storage from one place of an axis to the next.
    pub strides: Vec<usize>,
}

/// A pickle that was read.
#[derive(Debug)]
pub struct Pickle {
    /// Every value.
    pub nodes: Vec<Node>,
    /// The value that it is of.
    pub root: Id,
    /// Bytes that it took.
    pub len: usize,
}

/// Most bytes of a pickle, far more than any state dict takes.
pub const MAX_BYTES: usize = 16 << 20;
/// Most values in a pickle.
const MAX_NODES: usize = 4 << 20;
/// Longest name of a class or function.
const MAX_NAME: usize = 200;
/// Most axes of a tensor.
const MAX_AXES: usize = 8;

/// Reads the pickle that `bytes` begin with. The error is part of a sentence.
pub fn read(bytes: &[u8]) -> Result<Pickle, String> {
    let mut machine =
        Machine { bytes, at: 0, nodes: Vec::new(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    loop {
        let op = machine.byte()?;
        if op == b'.' {
            let root = machine.pop()?;
            return Ok(Pickle { nodes: machine.nodes, root, len: machine.at });
        }
        machine.step(op)?;
        if machine.nodes.len() > MAX_NODES {
            return Err("its pickle holds more than any state dict does; save the weights alone".into());
        }
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    stack: Vec<Id>,
    /// How high the stack was at each mark.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl Machine<'_> {
    fn take(&mut self, n: u64) -> Result<&[u8], String> {
        let end =
            usize::try_from(n).ok().and_then(|n| self.at.checked_add(n)).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or("its pickle ends too early")?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    /// A number of `n` bytes, the lowest first.
    fn number(&mut self, n: u64) -> Result<u64, String> {
        Ok(self.take(n)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn line(&mut self) -> Result<String, String> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or("its pickle ends too early")?;
        let line = String::from_utf8_lossy(self.take(end as u64)?).into_owned();
        self.at += 1;
        Ok(line)
    }

    fn text(&mut self, n: u64) -> Result<(), String> {
        let text = String::from_utf8_lossy(self.take(n)?).into_owned();
        self.push(Node::Text(text));
        Ok(())
    }

    fn push(&mut self, node: Node) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    fn pop(&mut self) -> Result<Id, String> {
        let bottom = self.marks.last().copied().unwrap_or(0);
        self.stack.pop().filter(|_| self.stack.len() >= bottom).ok_or_else(damaged)
    }

    fn top(&self) -> Result<Id, String> {
        self.stack.last().copied().ok_or_else(damaged)
    }

    /// What lies above the last mark, which goes.
    fn since_mark(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or_else(damaged)?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    fn pop_n(&mut self, n: usize) -> Result<Vec<Id>, String> {
        let mut popped = (0..n).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        popped.reverse();
        Ok(popped)
    }

    fn push_list(&mut self, items: Vec<Id>) {
        self.push(Node::List(items));
    }

    /// One operation, by the names of Python's `pickletools`.
    fn step(&mut self, op: u8) -> Result<(), String> {
        match op {
            // PROTO, FRAME
            0x80 => drop(self.take(1)?),
            0x95 => drop(self.take(8)?),
            // MARK, POP, POP_MARK, DUP
            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.since_mark()?),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
            }
            // NONE, NEWTRUE, NEWFALSE, BINFLOAT
            b'N' | 0x88 | 0x89 => self.push(Node::Other),
            b'G' => {
                self.take(8)?;
                self.push(Node::Other);
            }
            b'K' | b'M' | b'J' | 0x8a | 0x8b | b'I' | b'L' | b'F' => self.push_number(op)?,
            // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8, BINSTRING, SHORT_BINSTRING
            b'X' | 0x8c | 0x8d | b'T' | b'U' => {
                let n = self.number(length_bytes(op))?;
                self.text(n)?;
            }
            // BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
            b'B' | b'C' | 0x8e | 0x96 => {
                let n = self.number(length_bytes(op))?;
                self.take(n)?;
                self.push(Node::Other);
            }
            // EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, EMPTY_SET
            b'}' => self.push(Node::Dict(Vec::new())),
            b']' | b')' | 0x8f => self.push_list(Vec::new()),
            // TUPLE1, TUPLE2, TUPLE3
            0x85..=0x87 => {
                let items = self.pop_n(usize::from(op - 0x84))?;
                self.push_list(items);
            }
            // TUPLE, LIST, FROZENSET, DICT
            b't' | b'l' | 0x91 => {
                let items = self.since_mark()?;
                self.push_list(items);
            }
            b'd' => {
                let items = self.since_mark()?;
                self.push(Node::Dict(pairs(&items)));
            }
            b'a' | b'e' | 0x90 | b's' | b'u' => self.fill(op)?,
            b'q' | b'r' | 0x94 | b'h' | b'j' => self.remember(op)?,
            b'c' | 0x93 | b'R' | 0x81 | 0x92 | b'b' | b'Q' => self.build(op)?,
            other => return Err(format!("its pickle holds the operation {other:#04x}, which no state dict has")),
        }
        Ok(())
    }

    /// BININT1, BININT2, BININT, LONG1, LONG4, and as text INT, LONG, FLOAT.
    fn push_number(&mut self, op: u8) -> Result<(), String> {
        let node = match op {
            b'K' => Node::Int(self.number(1)? as i64),
            b'M' => Node::Int(self.number(2)? as i64),
            b'J' => Node::Int(i64::from(self.number(4)? as u32 as i32)),
            0x8a | 0x8b => {
                let n = self.number(if op == 0x8a { 1 } else { 4 })?;
                let bytes = self.take(n)?;
                // Two's complement of any length; what is longer is no count of anything.
                let sign = bytes.last().map_or(0, |last| if last & 0x80 == 0 { 0 } else { -1 });
                let value = bytes.iter().rev().fold(sign, |value: i64, byte| value << 8 | i64::from(*byte));
                if bytes.len() > 8 { Node::Other } else { Node::Int(value) }
            }
            _ => {
                let line = self.line()?;
                line.trim_end_matches('L').parse().map_or(Node::Other, Node::Int)
            }
        };
        self.push(node);
        Ok(())
    }

    /// APPEND, APPENDS, ADDITEMS, SETITEM, SETITEMS: into what lies below.
    fn fill(&mut self, op: u8) -> Result<(), String> {
        let items = match op {
            b'a' => self.pop_n(1)?,
            b's' => self.pop_n(2)?,
            _ => self.since_mark()?,
        };
        let target = self.top()?;
        match &mut self.nodes[target] {
            Node::List(list) if !matches!(op, b's' | b'u') => list.extend(items),
            Node::Dict(dict) if matches!(op, b's' | b'u') => dict.extend(pairs(&items)),
            Node::Other => {}
            _ => return Err(damaged()),
        }
        Ok(())
    }

    /// BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET.
    fn remember(&mut self, op: u8) -> Result<(), String> {
        let number = match op {
            0x94 => self.memo.len() as u64,
            b'q' | b'h' => self.number(1)?,
            _ => self.number(4)?,
        };
        if matches!(op, b'h' | b'j') {
            let id = *self.memo.get(&number).ok_or_else(damaged)?;
            self.stack.push(id);
        } else {
            let top = self.top()?;
            self.memo.insert(number, top);
        }
        Ok(())
    }

    /// GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, NEWOBJ_EX, BUILD, BINPERSID.
    fn build(&mut self, op: u8) -> Result<(), String> {
        match op {
            b'c' | 0x93 => {
                let name = if op == b'c' {
                    format!("{}.{}", self.line()?, self.line()?)
                } else {
                    let parts = self.pop_n(2)?;
                    let text = |id: Id| self.text_at(id).filter(|text| text.len() <= MAX_NAME).ok_or_else(damaged);
                    format!("{}.{}", text(parts[0])?, text(parts[1])?)
                };
                if !is_known(&name) {
                    return Err(refusal(&name, self.bytes));
                }
                self.push(Node::Name(name));
            }
            // What is set on an object, such as a state dict's `_metadata`, is of no use here.
            b'b' => drop(self.pop()?),
            b'Q' => {
                let id = self.pop()?;
                let storage =
                    self.storage(id).ok_or("its pickle speaks of a storage in a way that PyTorch does not")?;
                self.push(Node::Storage(storage));
            }
            _ => {
                let n = if op == 0x92 { 3 } else { 2 };
                let parts = self.pop_n(n)?;
                let id = self.called(parts[0], parts[1])?;
                self.stack.push(id);
            }
        }
        Ok(())
    }

    fn text_at(&self, id: Id) -> Option<&str> {
        match &self.nodes[id] {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    fn list_at(&self, id: Id) -> Option<&[Id]> {
        match &self.nodes[id] {
            Node::List(list) => Some(list),
            _ => None,
        }
    }

    fn count_at(&self, id: Id) -> Option<usize> {
        match self.nodes[id] {
            Node::Int(n) => usize::try_from(n).ok(),
            _ => None,
        }
    }

    /// `("storage", type, key, place, len)` as PyTorch writes it.
    fn storage(&self, id: Id) -> Option<Storage> {
        let [tag, kind, key, _, len, ..] = self.list_at(id)? else { return None };
        let is_named = matches!(self.nodes[*kind], Node::Name(_)) && self.text_at(*key).is_some();
        (is_named && self.text_at(*tag)? == "storage").then_some(Storage {
            kind: *kind,
            key: *key,
            len: self.count_at(*len)?,
        })
    }

    /// What calling `function` with `args` would make, without calling anything.
    fn called(&mut self, function: Id, args: Id) -> Result<Id, String> {
        let Node::Name(name) = &self.nodes[function] else {
            return if self.nodes[function] == Node::Other { Ok(function) } else { Err(damaged()) };
        };
        let args = self.list_at(args).ok_or_else(damaged)?;
        if WRAPS.contains(&name.as_str()) {
            return args.first().copied().ok_or_else(damaged);
        }
        let node = if REBUILDS.contains(&name.as_str()) {
            let view = self.view(args).ok_or("its pickle speaks of a tensor in a way that PyTorch does not")?;
            Node::Tensor(view)
        } else if DICTS.contains(&name.as_str()) {
            // What it holds is put in afterwards.
            Node::Dict(Vec::new())
        } else {
            Node::Other
        };
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    fn view(&self, args: &[Id]) -> Option<View> {
        let [storage, offset, shape, strides, ..] = args else { return None };
        let counts = |id: Id| {
            let list = self.list_at(id).filter(|list| list.len() <= MAX_AXES)?;
            list.iter().map(|n| self.count_at(*n)).collect::<Option<Vec<_>>>()
        };
        let (shape, strides) = (counts(*shape)?, counts(*strides)?);
        let is_stored = matches!(self.nodes[*storage], Node::Storage(_));
        (is_stored && shape.len() == strides.len()).then_some(View {
            storage: *storage,
            offset: self.count_at(*offset)?,
            shape,
            strides,
        })
    }
}

/// Bytes in which an operation says how long its text is.
fn length_bytes(op: u8) -> u64 {
    match op {
        0x8c | b'U' | b'C' => 1,
        b'X' | b'T' | b'B' => 4,
        _ => 8,
    }
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

fn damaged() -> String {
    "its pickle is damaged; save it again".into()
}
