//! Files: which old one became which new one, and what their packages make of full names.

use std::collections::BTreeSet;

use super::{Change, Element, ElementKind, Walker, relative};
use crate::protobuf::model::{File, FileId};

impl<'a> Walker<'a> {
    /// Files with another package: in a registry the roots, in a tree files of one path.
    pub(super) fn files(&mut self) {
        let kept: BTreeSet<&str> = self
            .new
            .files
            .iter()
            .map(|file| file.package.as_str())
            .collect();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for (id, old) in self.old.files.iter().enumerate() {
            if !old.compared {
                continue;
            }
            let Some((new_id, new)) = self.counterpart(old) else {
                self.changes.push(Change::FileRemoved { old });
                // A file that stays in place took its package along; a package is named once.
                if !kept.contains(old.package.as_str()) && named.insert(&old.package) {
                    self.changes.push(Change::PackageRemoved { old });
                }
                continue;
            };
            if new.package != old.package {
                self.changes.push(Change::Package { old, new });
            }
            self.changes.push(Change::File { old, new });
            self.settings(&old.options, &new.options, || {
                Element::new(
                    ElementKind::File,
                    old.package.clone(),
                    (id, new_id),
                    (&old.package_span, &new.package_span),
                )
            });
        }
        let before: BTreeSet<&str> = self.old.files.iter().map(|old| old.path.as_str()).collect();
        for (_, new) in self.files.values() {
            if !before.contains(new.path.as_str()) {
                self.changes.push(Change::FileAdded { new });
            }
        }
    }

    fn counterpart(&self, old: &File) -> Option<(FileId, &'a File)> {
        self.files.get(old.path.as_str()).copied()
    }

    /// What a full name becomes under the package that its file now has.
    pub(super) fn repackaged(&self, name: &str, file: FileId) -> Option<String> {
        let old = self.old.files.get(file)?;
        let (_, new) = self.counterpart(old)?;
        let relative = relative(name, &old.package)?;
        (new.package != old.package).then(|| {
            if new.package.is_empty() {
                relative.to_owned()
            } else {
                format!("{}.{relative}", new.package)
            }
        })
    }
}
