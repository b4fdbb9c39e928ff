//! When a linked file is not needed any more: once everything that imports it, directly or not, is linked.

use std::collections::{BTreeMap, HashMap, HashSet};

use foldhash::fast::RandomState;

use super::super::bundled;

/// Which files are still waited for.
#[derive(Debug)]
pub(super) struct Uses<'t> {
    /// What the files import that are going to be linked.
    imports: HashMap<&'t str, &'t [&'t str], RandomState>,
    /// How many importers of a file are still needed or to come.
    importers: HashMap<&'t str, usize, RandomState>,
    /// Those that are linked and still needed.
    linked: HashSet<&'t str, RandomState>,
}

impl<'t> Uses<'t> {
    /// Of the roots and all that they import.
    pub(super) fn of(roots: &[&'t str], imports: &'t BTreeMap<&'t str, Vec<&'t str>>) -> Self {
        let mut uses = Self {
            imports: HashMap::default(),
            importers: HashMap::default(),
            linked: HashSet::default(),
        };
        let mut open: Vec<&str> = roots.to_vec();
        while let Some(path) = open.pop() {
            // What is not known is somebody else's, such as the built-in files, and is kept.
            let Some((path, own)) = imports.get_key_value(path) else {
                continue;
            };
            if uses.imports.insert(path, own).is_some() {
                continue;
            }
            for import in own {
                *uses.importers.entry(import).or_default() += 1;
                open.push(import);
            }
        }
        uses
    }

    /// A file was linked: the files that are not needed any more. Those that built-in files may import, by
    /// whomever they are brought, always are.
    pub(super) fn linked(&mut self, path: &str) -> Vec<&'t str> {
        let mut unused = Vec::new();
        let Some((path, _)) = self.imports.get_key_value(path) else {
            return unused;
        };
        let mut open = vec![*path];
        self.linked.insert(path);
        while let Some(path) = open.pop() {
            let needed = self.importers.get(path).is_some_and(|count| *count > 0);
            if needed || !self.linked.remove(path) {
                continue;
            }
            if !bundled::has(path) {
                unused.push(path);
            }
            for import in self.imports.get(path).into_iter().copied().flatten() {
                if let Some(count) = self.importers.get_mut(import) {
                    *count = count.saturating_sub(1);
                    open.push(import);
                }
            }
        }
        unused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_needed_until_all_that_lead_to_it_are_linked() {
        let imports = BTreeMap::from([
            ("a", vec!["b", "c"]),
            ("b", vec!["c"]),
            ("c", vec!["google/protobuf/any.proto", "elsewhere"]),
            ("d", vec!["c"]),
            ("unasked", vec!["d"]),
        ]);
        let mut uses = Uses::of(&["a", "d"], &imports);
        let mut unused = |path| uses.linked(path);
        assert_eq!(unused("google/protobuf/any.proto"), [""; 0]);
        assert_eq!(unused("elsewhere"), [""; 0]);
        assert_eq!(unused("c"), [""; 0]);
        assert_eq!(unused("b"), [""; 0]);
        assert_eq!(
            unused("a"),
            ["a", "b"],
            "`d` is still to come, and imports `c`"
        );
        assert_eq!(unused("d"), ["d", "c"]);
    }

    #[test]
    fn what_is_imported_twice_over_goes_once() {
        let imports = BTreeMap::from([
            ("top", vec!["shared", "left"]),
            ("left", vec!["shared"]),
            ("shared", vec!["base"]),
            ("other", vec!["base"]),
            ("base", vec![]),
        ]);
        let mut uses = Uses::of(&["top", "other"], &imports);
        let mut unused = |path| uses.linked(path);
        for path in ["base", "shared", "left"] {
            assert_eq!(unused(path), [""; 0]);
        }
        assert_eq!(unused("top"), ["top", "left", "shared"]);
        assert_eq!(unused("other"), ["other", "base"]);
    }
}
