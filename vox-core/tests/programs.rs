//! Programs of real types: the verifier takes what lowering makes, and their
//! text says all there is to say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use facet::Facet;
use vox_core::lower::{LowerOptions, lower};
use vox_core::program::{Code, verify::verify};

#[derive(Facet)]
struct List {
    value: u64,
    next: Option<Box<List>>,
}

#[derive(Facet)]
struct Tree {
    name: String,
    children: Vec<Tree>,
    parent: Option<Arc<Tree>>,
}

#[derive(Facet)]
#[repr(i16)]
#[expect(dead_code, reason = "only the shape is used")]
enum Expression {
    Number(i128) = -300,
    Nothing = 0,
    Negated(Box<Expression>) = 7,
    Sum {
        left: Box<Expression>,
        right: Box<Expression>,
    } = 300,
}

#[derive(Facet)]
struct Everything<'a> {
    whole: (u8, i16, u64, i128),
    others: (f32, f64, bool, char),
    text: &'a str,
    bytes: &'a [u8],
    wide: Box<str>,
    shared: Arc<[u32]>,
    array: [[u16; 300]; 3],
    big: [u8; 10_000],
    nothing: [(); 4],
    units: Vec<()>,
    maybe_unit: Option<()>,
    points: Vec<(f64, f64)>,
    mixed: Vec<(u8, u32, Option<u64>)>,
    map: BTreeMap<String, Vec<u8>>,
    hash: HashMap<u32, Rc<Tree>>,
    set: BTreeSet<()>,
    result: Result<List, String>,
    expressions: Vec<Expression>,
}

#[derive(Facet)]
struct Locks {
    mutex: Arc<Mutex<Vec<u32>>>,
    rwlock: Arc<RwLock<String>>,
}

fn codes<'a, T: Facet<'a> + ?Sized>() -> Vec<Code> {
    let programs: Vec<Code> = [true, false]
        .into_iter()
        .filter_map(|probed_layouts| lower(T::SHAPE, &LowerOptions { probed_layouts }).ok())
        .map(|lowered| lowered.code)
        .collect();
    for code in &programs {
        verify(code).unwrap_or_else(|error| panic!("{error}\n{code}"));
        assert_eq!(
            code.to_string().parse::<Code>().as_ref(),
            Ok(code),
            "{code}"
        );
    }
    programs
}

#[test]
fn what_lowering_makes_is_verified_and_printed() {
    let programs = [
        codes::<List>(),
        codes::<Tree>(),
        codes::<Expression>(),
        codes::<Everything<'_>>(),
        codes::<str>(),
        codes::<[Expression]>(),
        codes::<(Everything<'_>, Result<Everything<'_>, Tree>)>(),
    ];
    for both in programs {
        assert_eq!(both.len(), 2, "some type here does not lower");
    }
    // Locks may be refused, by what the platform's shapes offer.
    codes::<Locks>();
}

#[derive(Facet)]
#[repr(C)]
struct Drawing {
    id: u64,
    points: Vec<Point>,
    style: Style,
}

#[derive(Facet)]
#[repr(C)]
struct Point {
    x: i64,
    weight: u32,
}

#[derive(Facet)]
#[repr(u8)]
#[expect(dead_code, reason = "only the shape is used")]
enum Style {
    Plain,
    Dashed(u16) = 9,
}

#[test]
fn a_program_reads_like_its_type() {
    let unprobed = &codes::<Drawing>()[1];
    let expected = "\
Drawing
  reserve bytes=10
  write_var_u64 at=@0
  write_list at=@8 source=list stride=16 bound=15 path=\".points\" reserve=4
    each:
      write_var_i64 at=@0
      write_var_u32 at=@8
  switch at=@32 tag=u8 path=\".style\"
    0:
      write_const bytes=[00]
    9:
      write_const bytes=[01]
      write_var_u16 at=@2
";
    assert_eq!(unprobed.tree().to_string(), expected);
}
