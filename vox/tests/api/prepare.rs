//! Preparing types and reporting on them.

use std::time::{Duration, Instant};

use facet::Facet;
use vox::{Runtime, Tier, VtableCalls};

#[derive(Facet)]
struct Document {
    title: String,
    #[facet(recursive_type)]
    sections: Vec<Document>,
}

fn document() -> Document {
    Document {
        title: String::from("t"),
        sections: vec![],
    }
}

fn has_machine_code() -> bool {
    vox::available_tiers().contains(&Tier::Optimized)
}

#[test]
fn tiers_are_in_order() {
    assert!(Tier::Interpreter < Tier::Baseline && Tier::Baseline < Tier::Optimized);
    let tiers = vox::available_tiers();
    assert_eq!(tiers[0], Tier::Interpreter);
    assert!(tiers.is_sorted());
    let has_baseline = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    assert_eq!(
        tiers.contains(&Tier::Baseline),
        cfg!(feature = "jit") && has_baseline
    );
    assert_eq!(
        [Tier::Interpreter, Tier::Baseline, Tier::Optimized].map(|tier| tier.to_string()),
        ["interpreter", "baseline", "optimized"]
    );
}

#[test]
fn preparing_compiles_now() {
    let runtime = Runtime::builder().background(false).build();
    let before = runtime.report::<Document>();
    assert_eq!(before.tier, Tier::Interpreter);
    assert_eq!(before.code_bytes, None);
    assert_eq!(
        runtime.prepare::<Document>(Tier::Interpreter).ok(),
        Some(Tier::Interpreter)
    );
    match runtime.prepare::<Document>(Tier::Optimized) {
        Ok(tier) => {
            assert!(has_machine_code());
            assert_eq!(tier, Tier::Optimized);
            let after = runtime.report::<Document>();
            assert_eq!(after.tier, Tier::Optimized);
            assert_eq!(after.why_not_higher, None);
            assert!(after.code_bytes.is_some_and(|bytes| bytes > 0), "{after}");
            assert_eq!(after.program, before.program);
            // A higher tier than asked for is as good.
            assert_eq!(
                runtime.prepare::<Document>(Tier::Interpreter).ok(),
                Some(Tier::Optimized)
            );
            assert_eq!(
                runtime.prepare::<Document>(Tier::Baseline).ok(),
                Some(Tier::Optimized)
            );
        }
        Err(error) => assert!(!has_machine_code(), "{error}"),
    }
    assert_eq!(
        runtime.to_bytes(&document()).expect("it encodes"),
        [1, b't', 0]
    );
}

#[test]
fn many_shapes_at_once() {
    let runtime = Runtime::builder().background(false).build();
    let shapes = [u8::SHAPE, <(Document, u8)>::SHAPE, <Option<String>>::SHAPE];
    assert_eq!(
        runtime.prepare_shapes(&shapes, Tier::Interpreter).ok(),
        Some(Tier::Interpreter)
    );
    if has_machine_code() {
        assert_eq!(
            runtime.prepare_shapes(&shapes, Tier::Optimized).ok(),
            Some(Tier::Optimized)
        );
        // The child came along.
        let child = runtime.report::<Document>();
        assert_eq!(child.tier, Tier::Optimized, "{child}");
    }
    assert_eq!(
        runtime.prepare_shapes(&[], Tier::Interpreter).ok(),
        Some(Tier::Interpreter)
    );
    assert!(
        runtime
            .prepare_shapes(&[u8::SHAPE, <*const u8>::SHAPE], Tier::Interpreter)
            .is_err()
    );
}

#[test]
fn what_a_report_says() {
    let runtime = Runtime::builder().tier(Tier::Interpreter).build();
    let report = runtime.report::<Vec<Document>>();
    assert_eq!(report.type_name, "Vec<Document>");
    assert_eq!(report.tier, Tier::Interpreter);
    assert!(report.ops > 0 && report.children == 1, "{report}");
    assert!(report.program.contains("write_list"), "{report}");
    assert!(report.notes.is_empty(), "{report}");
    if has_machine_code() {
        assert_eq!(
            report.why_not_higher.as_deref(),
            Some("the runtime is fixed to the interpreter tier")
        );
    }
    let text = format!("{report:#}");
    for part in [
        "Vec<Document>: interpreter",
        "not higher because",
        "1 children",
        "write_list",
    ] {
        assert!(text.contains(part), "{part} is missing from {text}");
    }
}

#[test]
fn why_not_higher() {
    if !has_machine_code() {
        let report = vox::report::<Document>();
        let why = report.why_not_higher.expect("there is a reason");
        assert!(why.contains("feature `jit`"), "{why}");
        return;
    }
    let runtime = Runtime::builder().background(false).build();
    let report = runtime.report::<Document>();
    let why = report.why_not_higher.expect("there is a reason");
    assert!(why.contains("background"), "{why}");

    let runtime = Runtime::builder().build();
    let report = runtime.report::<Document>();
    let why = report.why_not_higher.expect("there is a reason");
    assert!(why.contains("0 units of work"), "{why}");
}

/// A tier that is not to be had is not an error of the encode.
#[test]
fn a_fixed_tier_that_is_not_there() {
    let runtime = Runtime::builder()
        .tier(Tier::Baseline)
        .code_budget(0)
        .build();
    assert_eq!(
        runtime.to_bytes(&document()).expect("it encodes"),
        [1, b't', 0]
    );
    let report = runtime.report::<Document>();
    assert_eq!(report.tier, Tier::Interpreter);
    assert!(report.why_not_higher.is_some());
}

#[test]
fn a_fixed_baseline() {
    if !vox::available_tiers().contains(&Tier::Baseline) {
        return;
    }
    let runtime = Runtime::builder().tier(Tier::Baseline).build();
    assert_eq!(
        runtime.to_bytes(&document()).expect("it encodes"),
        [1, b't', 0]
    );
    let report = runtime.report::<Document>();
    assert_eq!(report.tier, Tier::Baseline);
    assert_eq!(
        report.why_not_higher.as_deref(),
        Some("the runtime is fixed to the baseline tier")
    );
    assert!(report.code_bytes.is_some_and(|bytes| bytes > 0));
    let error = runtime.prepare::<Document>(Tier::Optimized);
    assert!(matches!(error, Err(vox::PrepareError::NotAvailable { .. })));
}

#[test]
fn a_budget_of_no_code() {
    if !has_machine_code() {
        return;
    }
    let runtime = Runtime::builder()
        .tier(Tier::Optimized)
        .code_budget(0)
        .build();
    assert_eq!(
        runtime.to_bytes(&document()).expect("it encodes"),
        [1, b't', 0]
    );
    let report = runtime.report::<Document>();
    assert_eq!(report.tier, Tier::Interpreter, "{report}");
    assert!(report.why_not_higher.is_some(), "{report}");
    assert!(runtime.prepare::<Document>(Tier::Optimized).is_err());
}

/// Used enough, a type moves up by itself, and its bytes stay.
#[test]
fn hot_types_move_up() {
    let runtime = Runtime::builder().build();
    let value: Vec<Document> = (0..1000).map(|_| document()).collect();
    let first = runtime.to_bytes(&value).expect("it encodes");
    let start = Instant::now();
    loop {
        assert!(runtime.to_bytes(&value).expect("it encodes") == first);
        let report = runtime.report::<Vec<Document>>();
        if report.tier == Tier::Optimized {
            break;
        }
        if start.elapsed() > Duration::from_millis(200) && !has_machine_code() {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "{report}");
    }
    assert!(runtime.to_bytes(&value).expect("it encodes") == first);
}

#[test]
fn nothing_moves_up_when_told_not_to() {
    let runtime = Runtime::builder().background(false).build();
    let value: Vec<Document> = (0..1000).map(|_| document()).collect();
    for _ in 0..200 {
        runtime.to_bytes(&value).expect("it encodes");
    }
    let report = runtime.report::<Vec<Document>>();
    assert_eq!(report.tier, Tier::Interpreter);
}

#[test]
fn counted_calls() {
    /// A key that the nodes of no map are learnt of.
    #[derive(Facet, PartialEq, Eq, PartialOrd, Ord)]
    #[repr(align(16))]
    struct Apart(u8);
    for mode in vox_oracle::mode::counting() {
        let value = (
            vec![String::from("a")],
            std::collections::BTreeMap::from([(Apart(1), 2_u8)]),
        );
        let (bytes, counters) = mode.runtime.to_bytes_counted(&value).expect("it encodes");
        assert_eq!(bytes, [1, 1, b'a', 1, 1, 2]);
        assert!(
            counters.trampoline_calls > 0,
            "{}: iterators go through one",
            mode.name
        );
        // Length, start and end of the map's iterator; the list's two more
        // where its layout is not known.
        let expected = if mode.probed_layouts { 3 } else { 5 };
        assert_eq!(
            counters.vtable_calls, expected,
            "{}: {counters:?}",
            mode.name
        );
        let through = mode.tier > Tier::Interpreter && mode.vtable_calls == VtableCalls::Trampoline;
        assert_eq!(
            counters.c_trampoline_calls,
            if through { expected } else { 0 },
            "{}: {counters:?}",
            mode.name
        );
    }
}

/// What one tier cannot do is no reason not to try the other.
#[test]
fn tiers_fail_by_themselves() {
    let tiers = vox::available_tiers();
    let both = [Tier::Baseline, Tier::Optimized].map(|tier| tiers.contains(&tier));
    let has_trampolines = vox::VtableCalls::available().contains(&vox::VtableCalls::Trampoline);
    let builder = Runtime::builder().background(false);
    let (runtime, not_there, there) = match both {
        // Only where the feature is off.
        [true, true] if !has_trampolines => (
            builder.vtable_calls(vox::VtableCalls::Trampoline).build(),
            Tier::Optimized,
            Tier::Baseline,
        ),
        [false, true] => (builder.build(), Tier::Baseline, Tier::Optimized),
        _ => return,
    };
    assert!(runtime.prepare::<Document>(not_there).is_err());
    let tier = runtime.prepare::<Document>(there).expect("it is there");
    assert_eq!(tier, there);
}
