//! Weak pointers: the option of the strong pointer they can still be upgraded to.

use std::rc::{Rc, Weak};
use std::sync::{Arc, LazyLock, Weak as ArcWeak};

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

/// Something every thread of the tests can point to without owning it.
fn kept<T>(value: T) -> ArcWeak<T> {
    let strong = Arc::new(value);
    let weak = Arc::downgrade(&strong);
    // Alive for good.
    std::mem::forget(strong);
    weak
}

static TEXT: LazyLock<Arc<str>> = LazyLock::new(|| "shared text".into());
static NUMBERS: LazyLock<Arc<[u32]>> = LazyLock::new(|| vec![1, 300, u32::MAX].into());

fn kept_rc<T: ?Sized>(strong: Rc<T>) -> Weak<T> {
    let weak = Rc::downgrade(&strong);
    std::mem::forget(strong);
    weak
}

/// A child that knows its parent, and does not own it.
#[derive(Facet, Serialize)]
struct Child {
    name: String,
    parent: ArcWeak<Parent>,
    after: u16,
}

#[derive(Facet, Serialize)]
struct Parent {
    id: u64,
}

/// A type that points to itself weakly.
#[derive(Facet, Serialize)]
struct Node {
    id: u32,
    #[facet(recursive_type)]
    up: ArcWeak<Node>,
}

crate::forms::forms! {
    weak_number(u8): ArcWeak<u64> = [ArcWeak::new(), kept(u64::MAX)];
    weak_string(u16): ArcWeak<String> = [ArcWeak::new(), kept(String::from("kept"))];
    weak_text(u32): ArcWeak<str> = [Arc::downgrade(&TEXT), Arc::downgrade(&Arc::from("gone"))];
    weak_slice(u64): ArcWeak<[u32]> = [Arc::downgrade(&NUMBERS), Arc::downgrade(&Arc::from([1]))];
    weak_rc(i8): Weak<u32> = [Weak::new(), kept_rc(Rc::new(300))];
    weak_rc_text(i16): Weak<str> = [kept_rc(Rc::from("kept")), Rc::downgrade(&Rc::from("gone"))];
    weak_unit(i32): ArcWeak<()> = [ArcWeak::new(), kept(())];
}

vox_oracle::zoo! { MEMBERS;
    child: Child = [
        Child { name: String::from("orphan"), parent: ArcWeak::new(), after: 300 },
        Child { name: String::from("child"), parent: kept(Parent { id: 300 }), after: 300 },
    ];
    node: Node = [
        Node { id: 1, up: ArcWeak::new() },
        Node { id: 1, up: kept(Node { id: 2, up: kept(Node { id: 300, up: ArcWeak::new() }) }) },
    ];
}

codec_test!(
    /// Encoding owns a strong pointer for as long as it writes, and no longer.
    fn nothing_is_kept_alive(judge: &Judge) {
        let strong = Arc::new(Parent { id: 7 });
        let child = Child {
            name: String::new(),
            parent: Arc::downgrade(&strong),
            after: 0,
        };
        judge.by_serde("child", &child);
        assert_eq!(Arc::strong_count(&strong), 1);
        drop(strong);
        judge.by_serde("orphan", &child);
    }
);
