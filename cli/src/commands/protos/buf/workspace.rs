//! From a folder to the modules that buf finds there: which configuration controls it, which files
//! its modules have, and which of them are meant.

use std::collections::BTreeMap;

use checker::protobuf::buf::{COMPILE, Failure, Line, Settings, Version};
use checker::protobuf::{Tree, TreeFile};
use checker::{Problem, Source};

use super::Stop;
use super::configuration::{self, Configuration, Module};
use super::files::{Files, below, configuration as readable, is_within, within};
use super::targets::Targets;
use crate::error::Error;

/// The names of configurations.
const CONFIGURATION: &str = "buf.yaml";
const WORK: &str = "buf.work.yaml";

/// A module with its files.
#[derive(Debug)]
pub(super) struct Loaded {
    /// From the folder of the configuration that names it.
    pub name: String,
    pub tree: Tree,
    module: Module,
    version: Version,
    source: Option<Source>,
}

impl Loaded {
    /// What counts in it, `None` where nothing does.
    pub(super) fn settings(&self, ids: &[String]) -> Result<Option<Settings>, Error> {
        self.module
            .settings(self.source.as_ref(), self.version, ids)
    }

    /// The import paths of the files that are meant.
    pub(super) fn targets(&self) -> impl Iterator<Item = &str> {
        let own = self.tree.files().filter(|file| !file.import_only);
        own.map(|file| file.import_path.as_str())
    }
}

/// A module that a configuration names.
struct Named {
    name: String,
    /// Where it is in the files.
    folder: String,
    module: Module,
    version: Version,
    source: Option<Source>,
}

/// The modules of a folder, and whether programs are named that buf would run.
#[derive(Debug)]
pub(super) struct Workspace {
    pub modules: Vec<Loaded>,
    pub has_programs: bool,
}

impl Workspace {
    /// Finds and reads the modules of a folder. `given` stands in for its configuration.
    pub(super) fn load(
        files: &Files,
        folder: &str,
        given: Option<&Source>,
        targets: &Targets,
    ) -> Result<Self, Stop> {
        let (named, has_programs) = match given {
            Some(source) => whole(folder, source)?,
            None => controlling(files, folder)?,
        };
        if !named.iter().any(|module| is_within(&module.folder, folder)) {
            let around = named
                .iter()
                .find(|module| is_within(folder, &module.folder));
            let around = around.map_or("another module", |module| &module.name);
            return Err(Error::usage(
                format!(
                    "`{folder}` is a folder of `{around}`",
                    folder = files.name(folder)
                ),
                "name the module or the workspace, and the folder by --path",
            )
            .into());
        }
        let modules = read(files, folder, named, targets)?;
        Ok(Self {
            modules,
            has_programs,
        })
    }
}

/// The modules of a configuration that is given for a folder.
fn whole(folder: &str, source: &Source) -> Result<(Vec<Named>, bool), Error> {
    let configuration = Configuration::read(source)?;
    let has_programs = configuration.has_programs;
    Ok((named(folder, configuration, Some(source)), has_programs))
}

fn named(folder: &str, configuration: Configuration, source: Option<&Source>) -> Vec<Named> {
    let version = configuration.version;
    let named = |module: Module| Named {
        name: shown(&module.folder),
        folder: below(folder, &module.folder),
        module,
        version,
        source: source.cloned(),
    };
    configuration.modules.into_iter().map(named).collect()
}

fn shown(folder: &str) -> String {
    let shown = if folder.is_empty() { "." } else { folder };
    shown.to_owned()
}

/// The modules that a folder stands in or holds, by the configuration of the folder or of one around
/// it.
fn controlling(files: &Files, folder: &str) -> Result<(Vec<Named>, bool), Error> {
    let mut own: Option<(String, Source)> = None;
    let mut next = Some(folder);
    while let Some(current) = next {
        next = outer(current);
        let work = read_one(files, current, WORK)?;
        let file = read_one(files, current, CONFIGURATION)?;
        match (work, file) {
            (Some(work), Some(_)) => {
                return Err(Error::usage(
                    format!("there are both `{}` and a {CONFIGURATION}", work.file()),
                    "keep one of them",
                ));
            }
            (Some(work), None) => {
                let folders = configuration::work(&work)?;
                let below_it = within(folder, current);
                let holds = folders.iter().any(|inner| is_within(below_it, inner));
                if current == folder || holds {
                    return Ok((workspace(files, current, &folders)?, false));
                }
            }
            (None, Some(source)) => {
                let configuration = Configuration::read(&source)?;
                if configuration.version == Version::V2 {
                    if current == folder || concerns(&configuration, within(folder, current)) {
                        let has_programs = configuration.has_programs;
                        let named = named(current, configuration, Some(&source));
                        return Ok((named, has_programs));
                    }
                } else if own.is_none()
                    && (current == folder || configuration.version == Version::V1)
                {
                    own = Some((current.to_owned(), source));
                }
            }
            (None, None) => {}
        }
    }
    match own {
        Some((folder, source)) => whole(&folder, &source),
        None => Ok((named(folder, Configuration::default(), None), false)),
    }
}

/// Whether a folder stands in a module of the configuration or holds one.
fn concerns(configuration: &Configuration, folder: &str) -> bool {
    let mut modules = configuration.modules.iter();
    modules.any(|module| is_within(folder, &module.folder) || is_within(&module.folder, folder))
}

fn outer(folder: &str) -> Option<&str> {
    if folder.is_empty() {
        return None;
    }
    Some(folder.rsplit_once('/').map_or("", |(outer, _)| outer))
}

fn read_one(files: &Files, folder: &str, name: &str) -> Result<Option<Source>, Error> {
    let text = files.read(&below(folder, name))?;
    text.map(readable).transpose()
}

/// The modules of a `buf.work.yaml`.
fn workspace(files: &Files, top: &str, folders: &[String]) -> Result<Vec<Named>, Error> {
    let mut all = Vec::new();
    for inner in folders {
        let folder = below(top, inner);
        let source = read_one(files, &folder, CONFIGURATION)?;
        let configuration = source
            .as_ref()
            .map_or_else(|| Ok(Configuration::default()), Configuration::read)?;
        if configuration.version == Version::V2 {
            let file = files.name(&below(&folder, CONFIGURATION));
            return Err(Error::usage(
                format!("`{file}` is of version v2, which no {WORK} may name"),
                "name the modules in one buf.yaml of version v2",
            ));
        }
        let mut modules = named(&folder, configuration, source.as_ref());
        for module in &mut modules {
            module.name.clone_from(inner);
        }
        all.extend(modules);
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// A file of a module.
struct File {
    path: String,
    source: Source,
    meant: bool,
}

fn read(
    files: &Files,
    input: &str,
    named: Vec<Named>,
    targets: &Targets,
) -> Result<Vec<Loaded>, Stop> {
    let mut problems = Vec::new();
    let mut contents = Vec::new();
    for module in &named {
        let is_target = is_within(&module.folder, input) && targets.concern(&module.folder);
        contents.push(read_module(
            files,
            module,
            is_target,
            targets,
            &mut problems,
        )?);
    }
    if !problems.is_empty() {
        return Err(Failure::Compile(problems.iter().map(unreadable).collect()).into());
    }
    no_path_twice(&named, &contents)?;
    let mut loaded = Vec::new();
    for (index, module) in named.into_iter().enumerate() {
        if !contents[index].iter().any(|file| file.meant) {
            continue;
        }
        let own = |other: usize, file: &File| file.meant && other == index;
        let all = contents.iter().enumerate().flat_map(|(other, contents)| {
            contents.iter().map(move |file| TreeFile {
                import_path: file.path.clone(),
                source: file.source.clone(),
                import_only: !own(other, file),
            })
        });
        loaded.push(Loaded {
            name: module.name,
            tree: Tree::new(all),
            module: module.module,
            version: module.version,
            source: module.source,
        });
    }
    if loaded.is_empty() {
        return Err(Error::usage(
            format!("no .proto files are left of `{}`", files.name(input)),
            "name a directory that holds some; see --path and --exclude-path",
        )
        .into());
    }
    Ok(loaded)
}

fn read_module(
    files: &Files,
    module: &Named,
    is_target: bool,
    targets: &Targets,
    problems: &mut Vec<Problem>,
) -> Result<Vec<File>, Error> {
    let mut found = Vec::new();
    for root in &module.module.roots {
        let folder = below(&module.folder, &root.folder);
        let mut paths = files.protos(&folder)?;
        paths.retain(|path| {
            let path = within(path, &folder);
            let below = |folders: &[String]| folders.iter().any(|inner| is_within(path, inner));
            (root.includes.is_empty() || below(&root.includes)) && !below(&root.excludes)
        });
        for (path, text) in paths.iter().zip(files.read_all(&paths)?) {
            match text {
                Ok(source) => found.push(File {
                    path: within(path, &folder).to_owned(),
                    source,
                    meant: is_target && targets.have(path, within(path, &folder)),
                }),
                Err(problem) => problems.push(problem),
            }
        }
    }
    if found.is_empty() && problems.is_empty() {
        return Err(Error::usage(
            format!("the module `{}` has no .proto files", module.name),
            format!("`{}` is looked at", files.name(&module.folder)),
        ));
    }
    Ok(found)
}

/// An import path has to mean one file.
fn no_path_twice(named: &[Named], contents: &[Vec<File>]) -> Result<(), Error> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (module, contents) in named.iter().zip(contents) {
        for file in contents {
            if let Some(owner) = owners.insert(&file.path, &module.name) {
                let path = &file.path;
                return Err(Error::usage(
                    format!("`{path}` stands in `{owner}` and in `{}`", module.name),
                    "an import path has to mean one file: leave one of the two out",
                ));
            }
        }
    }
    Ok(())
}

/// A file that is no text, as an error of compilation.
fn unreadable(problem: &Problem) -> Line {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let span = problem.span.as_ref();
    let at = |part: fn(&checker::Span) -> u32| span.map_or(0, |span| number(part(span)));
    Line {
        path: span.map(|span| span.file.to_string()),
        line: at(|span| span.line),
        column: at(|span| span.column),
        rule: COMPILE.to_owned(),
        message: problem.message.clone(),
        end_line: at(|span| span.end_line),
        end_column: at(|span| span.end_column),
    }
}
