//! Failures at run time name the way to the place, list indices included.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Mutex, RwLock};

use facet::Facet;
use vox_oracle::codec_test;

use crate::moody::{Mood, Moody, MoodyLock};

#[derive(Facet)]
struct Root {
    revision: u64,
    entries: Vec<Entry>,
}

#[derive(Facet)]
struct Entry {
    id: u32,
    kind: Kind,
}

#[derive(Facet)]
#[repr(u8)]
enum Kind {
    File { mime: Moody, tags: Vec<String> },
    Symlink(u8, Box<Moody>),
    Directory(Vec<Option<Moody>>),
}

fn root(kind: Kind) -> Root {
    let fine = || Kind::File {
        mime: Moody::Fine(1),
        tags: vec![],
    };
    Root {
        revision: 1,
        entries: vec![
            Entry {
                id: 0,
                kind: fine(),
            },
            Entry { id: 1, kind },
            Entry {
                id: 2,
                kind: fine(),
            },
        ],
    }
}

const NOT_TODAY: &str = "the proxy conversion failed: not today";

/// The text of a proxy that refuses at a place.
fn refused(place: &str) -> String {
    format!("cannot encode `{place}`: {NOT_TODAY}")
}

codec_test!(
    proxies refuses:
    (Moody::Refuses, &refused("Moody")),
    (
        root(Kind::File { mime: Moody::Refuses, tags: vec![] }),
        &refused("Root.entries[1].kind::File.mime")
    ),
    (
        root(Kind::Symlink(1, Box::new(Moody::Refuses))),
        &refused("Root.entries[1].kind::Symlink.1")
    ),
    (
        root(Kind::Directory(vec![None, Some(Moody::Fine(1)), Some(Moody::Refuses)])),
        &refused("Root.entries[1].kind::Directory.0[2]")
    ),
    ((1_u8, (2_u8, Moody::Refuses)), &refused("(u8, (u8, Moody)).1.1")),
    (vec![vec![], vec![Moody::Fine(1), Moody::Refuses]], &refused("Vec<Vec<Moody>>[1][1]")),
    ([Moody::Fine(1), Moody::Refuses], &refused("[Moody; 2][1]")),
    ([[Moody::Refuses; 100]; 2], &refused("[[Moody; 100]; 2][0][0]")),
    (Some(Some(Moody::Refuses)), &refused("Option<Option<Moody>>")),
    (Err::<u8, Moody>(Moody::Refuses), &refused("Result<u8, Moody>::Err")),
    (Ok::<Moody, u8>(Moody::Refuses), &refused("Result<Moody, u8>::Ok")),
);

/// Elements far apart.
#[derive(Facet)]
struct Wide {
    before: [u8; 70_000],
    mood: Moody,
}

fn wide(count: usize, failing: usize) -> Vec<Wide> {
    let mood = |at: usize| if at == failing { Moody::Refuses } else { FINE };
    (0..count)
        .map(|at| Wide {
            before: [7; 70_000],
            mood: mood(at),
        })
        .collect()
}

/// So many variants that each goes on to the next element by itself.
#[derive(Facet)]
#[repr(u8)]
enum Many {
    Unit,
    First(Moody),
    Second(Vec<Moody>),
    Text(String),
    Maybe(Option<Moody>),
    Pair(u8, Moody),
    Inner(Kind),
    Number(u64),
    Last(Moody),
}

fn many(failing: Many) -> Vec<Many> {
    vec![
        Many::Last(FINE),
        Many::Unit,
        Many::Second(vec![FINE, FINE]),
        failing,
        Many::Text(String::from("behind")),
    ]
}

codec_test!(
    elements_of_lists refuses:
    (wide(40, 39), &refused("Vec<Wide>[39].mood")),
    (wide(3, 0), &refused("Vec<Wide>[0].mood")),
    (many(Many::First(Moody::Refuses)), &refused("Vec<Many>[3]::First.0")),
    (many(Many::Second(vec![FINE, FINE, Moody::Refuses])), &refused("Vec<Many>[3]::Second.0[2]")),
    (many(Many::Maybe(Some(Moody::Refuses))), &refused("Vec<Many>[3]::Maybe.0")),
    (many(Many::Pair(1, Moody::Refuses)), &refused("Vec<Many>[3]::Pair.1")),
    (
        many(Many::Inner(Kind::Symlink(1, Box::new(Moody::Refuses)))),
        &refused("Vec<Many>[3]::Inner.0::Symlink.1")
    ),
    (many(Many::Last(Moody::Refuses)), &refused("Vec<Many>[3]::Last.0")),
    (vec![many(Many::Unit), many(Many::Last(Moody::Refuses))], &refused("Vec<Vec<Many>>[1][3]::Last.0")),
);

#[derive(Facet)]
struct Holders {
    mutex: Mutex<Inner>,
    rwlock: RwLock<Option<Inner>>,
    moody: MoodyLock<(u8, Inner)>,
}

#[derive(Facet)]
struct Inner {
    before: u8,
    value: Moody,
}

fn inner(value: Moody) -> Inner {
    Inner { before: 1, value }
}

fn holders(first: Moody, second: Moody, third: Moody) -> Holders {
    Holders {
        mutex: Mutex::new(inner(first)),
        rwlock: RwLock::new(Some(inner(second))),
        moody: MoodyLock::new(Mood::Fine, (1, inner(third))),
    }
}

const FINE: Moody = Moody::Fine(300);

codec_test!(
    behind_locks refuses:
    (holders(Moody::Refuses, FINE, FINE), &refused("Holders.mutex.value")),
    (holders(FINE, Moody::Refuses, FINE), &refused("Holders.rwlock.value")),
    (holders(FINE, FINE, Moody::Refuses), &refused("Holders.moody.1.value")),
    (
        vec![holders(FINE, FINE, FINE), holders(FINE, FINE, Moody::Refuses)],
        &refused("Vec<Holders>[1].moody.1.value")
    ),
);

/// A proxy that is fine and contains one that is not.
#[derive(Facet, Clone)]
#[facet(proxy = Outer)]
struct Twofold(Moody);

#[derive(Facet)]
struct Outer {
    first: u8,
    list: Vec<Moody>,
    direct: Moody,
}

impl From<&Twofold> for Outer {
    fn from(value: &Twofold) -> Self {
        Self {
            first: 1,
            list: vec![
                FINE,
                if matches!(value.0, Moody::Refuses) {
                    Moody::Refuses
                } else {
                    FINE
                },
            ],
            direct: value.0,
        }
    }
}

impl From<Outer> for Twofold {
    fn from(value: Outer) -> Self {
        Self(value.direct)
    }
}

/// As `Twofold`, with the refusal directly in a field.
#[derive(Facet)]
#[facet(proxy = Inner)]
struct Direct(Moody);

impl From<&Direct> for Inner {
    fn from(value: &Direct) -> Self {
        inner(value.0)
    }
}

impl From<Inner> for Direct {
    fn from(value: Inner) -> Self {
        Self(value.value)
    }
}

#[derive(Facet)]
struct HasProxies {
    twofold: Twofold,
    direct: Direct,
}

codec_test!(
    behind_proxies refuses:
    (Twofold(Moody::Refuses), &refused("Twofold.list[1]")),
    (Direct(Moody::Refuses), &refused("Direct.value")),
    (
        HasProxies { twofold: Twofold(FINE), direct: Direct(Moody::Refuses) },
        &refused("HasProxies.direct.value")
    ),
    (
        vec![HasProxies { twofold: Twofold(Moody::Refuses), direct: Direct(FINE) }],
        &refused("Vec<HasProxies>[0].twofold.list[1]")
    ),
);

codec_test!(
    behind_pointers refuses:
    (Box::new(Moody::Refuses), &refused("Box<Moody>")),
    (Rc::new([FINE, Moody::Refuses]), &refused("Rc<[Moody; 2]>[1]")),
    (Box::<[Moody]>::from([FINE, Moody::Refuses]), &refused("Box<[Moody]>[1]")),
    (&[FINE, FINE, Moody::Refuses][..], &refused("&[Moody][2]")),
    (&inner(Moody::Refuses), &refused("&Inner.value")),
);

fn never(_: &Inner) -> bool {
    false
}

#[derive(Facet)]
struct Unless {
    #[facet(skip_serializing_if = never)]
    field: Inner,
}

codec_test!(
    behind_predicates refuses:
    (Unless { field: inner(Moody::Refuses) }, &refused("Unless.field.value")),
);

fn map(bad: u8) -> BTreeMap<u8, Inner> {
    (0..50)
        .map(|key| (key, inner(if key == bad { Moody::Refuses } else { FINE })))
        .collect()
}

#[derive(Facet)]
struct Maps {
    maps: Vec<BTreeMap<u8, Inner>>,
}

codec_test!(
    /// By their place in the order of iteration.
    fn entries_of_maps(judge: &Judge) {
        for bad in [0, 31, 32, 49] {
            judge.refuses(
                &format!("value {bad}"),
                &map(bad),
                &refused(&format!("BTreeMap<u8, Inner>.values[{bad}].value")),
            );
            judge.refuses(
                &format!("nested value {bad}"),
                &Maps {
                    maps: vec![map(99), map(bad)],
                },
                &refused(&format!("Maps.maps[1].values[{bad}].value")),
            );
        }
    }
);

#[derive(Facet)]
struct Tree {
    value: Moody,
    #[facet(recursive_type)]
    children: Vec<Tree>,
}

fn tree(depth: usize, value: Moody) -> Tree {
    Tree {
        value: if depth == 0 { value } else { FINE },
        children: depth
            .checked_sub(1)
            .map(|depth| vec![tree(0, FINE), tree(depth, value)])
            .unwrap_or_default(),
    }
}

#[derive(Facet)]
struct Forest {
    trees: Vec<Tree>,
    extra: Option<Box<Tree>>,
}

codec_test!(
    recursive_types refuses:
    (tree(0, Moody::Refuses), &refused("Tree.value")),
    (tree(3, Moody::Refuses), &refused("Tree.children[1].children[1].children[1].value")),
    (
        Forest { trees: vec![tree(0, FINE), tree(1, Moody::Refuses)], extra: None },
        &refused("Forest.trees[1].children[1].value")
    ),
    (
        Forest { trees: vec![], extra: Some(Box::new(tree(1, Moody::Refuses))) },
        &refused("Forest.extra.children[1].value")
    ),
);

#[cfg(unix)]
mod not_utf8 {
    use super::*;
    use std::borrow::Cow;
    use std::collections::BTreeSet;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::PathBuf;

    const REASON: &str = "path contains invalid UTF-8 characters";

    fn bad() -> PathBuf {
        PathBuf::from(OsString::from_vec(vec![b'a', 0xff]))
    }

    fn text(place: &str) -> String {
        format!("cannot encode `{place}`: {REASON}")
    }

    #[derive(Facet)]
    struct Paths {
        list: Vec<PathBuf>,
        map: BTreeMap<PathBuf, Vec<PathBuf>>,
        option: Option<PathBuf>,
        set: BTreeSet<PathBuf>,
        cow: Cow<'static, [PathBuf]>,
    }

    fn paths() -> Paths {
        let fine = || PathBuf::from("fine");
        Paths {
            list: vec![fine()],
            map: BTreeMap::from([(fine(), vec![fine()])]),
            option: Some(fine()),
            set: BTreeSet::from([fine()]),
            cow: Cow::Owned(vec![fine()]),
        }
    }

    codec_test!(
        in_nested_places refuses:
        (bad(), &text("PathBuf")),
        (Paths { list: vec![PathBuf::new(), bad()], ..paths() }, &text("Paths.list[1]")),
        (
            Paths { map: BTreeMap::from([(bad(), vec![])]), ..paths() },
            &text("Paths.map.keys[0]")
        ),
        (
            Paths { map: BTreeMap::from([(PathBuf::new(), vec![PathBuf::new(), bad()])]), ..paths() },
            &text("Paths.map.values[0][1]")
        ),
        (Paths { option: Some(bad()), ..paths() }, &text("Paths.option")),
        (Paths { set: BTreeSet::from([PathBuf::from("A"), bad()]), ..paths() }, &text("Paths.set[1]")),
        (Paths { cow: Cow::Owned(vec![bad()]), ..paths() }, &text("Paths.cow[0]")),
    );

    codec_test!(
        fn as_a_root(judge: &Judge) {
            judge.refuses("Path", bad().as_path(), &text("Path"));
            assert_eq!(
                postcard::to_allocvec(&bad()).is_err(),
                vox::to_bytes(&bad()).is_err(),
                "serde refuses it too"
            );
        }
    );
}
