//! The order in which files are linked: imports first, each as soon as those are.
//!
//! What cannot be linked for its imports is found here: cycles, missing files, endless chains. Nothing
//! recurses. A file is read when the search comes to it, so that of thousands few are held unlinked.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::load::{Files, Loaded, Read, import_path};
use crate::model::{Problem, Span};

/// The longest chain of imports that is followed.
pub const MAX_IMPORT_CHAIN: usize = 10_000;

/// Called with each file in order, and whether all that it imports is there. Where it is not, which was
/// reported, names may be unknown.
pub(super) type Each<'a> = dyn FnMut(Loaded, bool) + 'a;

/// How far a file has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// On the chain, at a position.
    Open(usize),
    /// It can be linked, and everything that it imports is there or not.
    Done { complete: bool },
}

/// A file on the chain of imports that is being followed.
struct Step {
    file: usize,
    next: usize,
    complete: bool,
    cyclic: bool,
}

/// Follows the imports of the roots, and returns what is wrong with them.
pub(super) fn each(roots: &[&str], files: &mut Files, each: &mut Each) -> Vec<Problem> {
    let mut sorter = Sorter {
        files,
        each,
        states: HashMap::default(),
        chain: Vec::new(),
        problems: Vec::new(),
    };
    for root in roots {
        if let Read::File(file) = sorter.files.read(root) {
            sorter.visit(file);
        }
    }
    sorter.problems
}

struct Sorter<'s, 'f> {
    files: &'s mut Files<'f>,
    each: &'s mut Each<'s>,
    /// Of the files that the search came to.
    states: HashMap<usize, State, RandomState>,
    chain: Vec<Step>,
    problems: Vec<Problem>,
}

impl Sorter<'_, '_> {
    /// Depth first.
    fn visit(&mut self, root: usize) {
        if self.states.contains_key(&root) {
            return;
        }
        self.open(root);
        while let Some(step) = self.chain.last_mut() {
            let (file, index) = (step.file, step.next);
            step.next += 1;
            let loaded = self.files.get(file);
            match loaded.and_then(|loaded| import(loaded, index)) {
                Some(import) => {
                    let import = import.to_owned();
                    self.follow(file, index, &import);
                }
                None => self.close(file),
            }
        }
    }

    /// Goes on with an import of a file.
    fn follow(&mut self, from: usize, index: usize, path: &str) {
        let file = match self.files.read(path) {
            Read::File(file) => file,
            Read::Wrong => return self.lacking(),
            Read::Missing => {
                let message = format!(
                    "the import `{path}` is not known; give it as a reference or add the file"
                );
                self.report(from, index, message);
                if let Some(problem) = self.problems.last_mut() {
                    problem.missing_import = Some(path.to_owned());
                }
                return self.lacking();
            }
        };
        match self.states.get(&file) {
            None if self.chain.len() >= MAX_IMPORT_CHAIN => {
                let message = format!("a chain of imports is longer than {MAX_IMPORT_CHAIN} files");
                self.report(from, index, message);
                self.lacking();
            }
            None => self.open(file),
            Some(State::Open(start)) => self.cycle(*start, path),
            Some(State::Done { complete: false }) => self.lacking(),
            Some(State::Done { complete: true }) => {}
        }
    }

    fn open(&mut self, file: usize) {
        self.states.insert(file, State::Open(self.chain.len()));
        self.chain.push(Step {
            file,
            next: 0,
            complete: true,
            cyclic: false,
        });
    }

    fn close(&mut self, file: usize) {
        let Some(step) = self.chain.pop() else { return };
        // A circle has no first file, so none of it is linked.
        let complete = step.complete && !step.cyclic;
        self.states.insert(file, State::Done { complete });
        if let Some(loaded) = self.files.take(file).filter(|_| !step.cyclic) {
            (self.each)(loaded, complete);
        }
        if !complete {
            self.lacking();
        }
    }

    /// The file on top of the chain lacks an import.
    fn lacking(&mut self) {
        if let Some(step) = self.chain.last_mut() {
            step.complete = false;
        }
    }

    /// The file on the chain at `start` is imported again. It is told at that file.
    fn cycle(&mut self, start: usize, back: &str) {
        let steps = self.chain.get(start..).unwrap_or_default();
        let loaded = steps.iter().filter_map(|step| self.files.get(step.file));
        let mut names: Vec<&str> = loaded.map(|loaded| loaded.proto.name()).collect();
        names.push(back);
        let message = format!(
            "files import each other in a circle: {}; move what they share to a file of its own",
            names.join(" -> ")
        );
        let first = steps
            .first()
            .and_then(|step| Some((step.file, step.next.checked_sub(1)?)));
        if let Some((file, index)) = first {
            self.report(file, index, message);
        }
        for step in self.chain.iter_mut().skip(start) {
            step.cyclic = true;
        }
    }

    /// Something is wrong with an import of a file on the chain.
    fn report(&mut self, file: usize, index: usize, message: String) {
        let Some(loaded) = self.files.get(file) else {
            return;
        };
        let span = span(loaded, index);
        let message = match span {
            Some(_) => message,
            None => format!("{}: {message}", loaded.source.file()),
        };
        self.problems.push(Problem::new(span, message));
    }
}

fn span(loaded: &Loaded, index: usize) -> Option<Span> {
    let path = import_path(loaded.proto.dependency.len(), index);
    loaded.places.get(&path)
}

/// An import of a file; those of options only come last.
fn import(loaded: &Loaded, index: usize) -> Option<&str> {
    let proto = &loaded.proto;
    let found = proto.dependency.get(index).or_else(|| {
        let index = index.checked_sub(proto.dependency.len())?;
        proto.option_dependency.get(index)
    });
    found.map(String::as_str)
}
