//! A binary tree of boxed nodes, each with a number below 256.
//!
//! For: recursion and pointer chasing. The row is the full tree of 511 nodes,
//! nine levels deep; a rotation's value is a tree of 63 nodes whose form is
//! random.

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Family, Random, SEED, Visitor, Workload, offer, offer_rotation};

/// A node and what hangs below it.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
#[cfg_attr(feature = "peers", rkyv(serialize_bounds(__S: rkyv::ser::Writer)))]
pub struct Node {
    /// A number below 256: one byte of varint or two.
    pub value: u32,
    /// The left subtree.
    #[cfg_attr(feature = "peers", rkyv(omit_bounds))]
    pub left: Option<Box<Node>>,
    /// The right subtree.
    #[cfg_attr(feature = "peers", rkyv(omit_bounds))]
    pub right: Option<Box<Node>>,
}

/// The full tree of `levels` levels, which has `2^levels - 1` nodes.
pub fn full(seed: u64, levels: u32) -> Node {
    assert!(levels > 0, "a tree has a root");
    let nodes = 2usize.pow(levels) - 1;
    // Halving an odd number of nodes evenly at every node gives the full tree.
    grow(&mut Random::new(seed), nodes, &mut |_, below| below / 2)
}

/// `count` trees of 63 nodes, each of a random form.
pub fn rotation(seed: u64, count: usize) -> Vec<Node> {
    let mut random = Random::new(seed);
    let mut split = |random: &mut Random, below: usize| random.length(0..=below);
    (0..count)
        .map(|_| grow(&mut random, 63, &mut split))
        .collect()
}

/// A tree of `nodes` nodes; `split` says how many of those below a node go left.
fn grow(
    random: &mut Random,
    nodes: usize,
    split: &mut impl FnMut(&mut Random, usize) -> usize,
) -> Node {
    let value = u32::try_from(random.below(256)).expect("below 256");
    let below = nodes - 1;
    let left = split(random, below);
    let right = below - left;
    let mut subtree = |nodes| (nodes > 0).then(|| Box::new(grow(random, nodes, split)));
    Node {
        value,
        left: subtree(left),
        right: subtree(right),
    }
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("tree_511", Family::Tree, 1_791);
    offer(visitor, row, || full(SEED, 9));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("tree_63_rotation", Family::Tree, 220);
    offer_rotation(visitor, workload, || rotation(seed, count));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(node: &Node) -> (usize, usize) {
        let below = [&node.left, &node.right].map(|child| match child {
            Some(child) => measure(child),
            None => (0, 0),
        });
        let nodes = 1 + below[0].0 + below[1].0;
        (nodes, 1 + below[0].1.max(below[1].1))
    }

    #[test]
    fn trees_have_their_nodes() {
        assert_eq!(measure(&full(1, 9)), (511, 9));
        let depths: Vec<usize> = rotation(1, 50)
            .iter()
            .map(|tree| {
                let (nodes, depth) = measure(tree);
                assert_eq!(nodes, 63);
                depth
            })
            .collect();
        assert!(depths.iter().min() < depths.iter().max(), "{depths:?}");
    }
}
