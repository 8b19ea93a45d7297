//! Charts as SVG, drawn by `plotters`: groups of horizontal bars on a logarithmic scale.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use crate::study::Chart;

/// Pixels.
const WIDTH: u32 = 1000;
const BAR: u32 = 13;
const GAP: u32 = 8;
const LABELS: u32 = 250;

/// Of the series, in turns.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x4c, 0x78, 0xa8),
    RGBColor(0xf5, 0x85, 0x18),
    RGBColor(0x54, 0xa2, 0x4b),
    RGBColor(0xb2, 0x79, 0xa2),
    RGBColor(0x9d, 0x75, 0x5d),
    RGBColor(0x79, 0x70, 0x6e),
];

/// The chart as an `svg` element.
pub(super) fn draw(chart: &Chart) -> Result<String, String> {
    let (low, high) = range(chart).ok_or("there are no bars in it")?;
    let bars = u32::try_from(chart.series.len()).map_err(|error| error.to_string())?;
    let groups = u32::try_from(chart.groups.len()).map_err(|error| error.to_string())?;
    let height = groups * (bars * BAR + GAP) + 110;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        paint(&root, chart, low, high).map_err(|error| error.to_string())?;
        root.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

/// Powers of ten around all bars.
fn range(chart: &Chart) -> Option<(f64, f64)> {
    let bars = chart
        .groups
        .iter()
        .flat_map(|(_, bars)| bars.iter().flatten());
    let bars: Vec<f64> = bars.copied().filter(|bar| *bar > 0.0).collect();
    let low = bars.iter().copied().reduce(f64::min)?;
    let high = bars.iter().copied().reduce(f64::max)?;
    let low = 10_f64.powf((low.log10() - 0.05).floor());
    Some((low, 10_f64.powf((high.log10() + 0.05).ceil())))
}

type Area<'s> = DrawingArea<SVGBackend<'s>, plotters::coord::Shift>;
type Failure = Box<dyn std::error::Error>;

fn paint(root: &Area<'_>, chart: &Chart, low: f64, high: f64) -> Result<(), Failure> {
    // Exact below 2^53.
    let groups = chart.groups.len() as f64;
    let mut context = ChartBuilder::on(root)
        .caption(
            format!("{} ({})", chart.title, chart.unit),
            ("sans-serif", 18),
        )
        .margin(8)
        .x_label_area_size(36)
        .y_label_area_size(LABELS)
        .build_cartesian_2d((low..high).log_scale(), groups..0.0)?;
    let names: Vec<&str> = chart.groups.iter().map(|(name, _)| name.as_str()).collect();
    context
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .y_labels(0)
        .x_desc(chart.unit.as_str())
        .x_label_formatter(&|value| format!("{value}"))
        .draw()?;
    label(root, &names, &context)?;
    let series = chart.series.len() as f64;
    for (idx, name) in chart.series.iter().enumerate() {
        let colour = COLOURS[idx % COLOURS.len()];
        let rectangles = chart
            .groups
            .iter()
            .enumerate()
            .filter_map(|(group, (_, bars))| {
                let bar = (*bars.get(idx)?)?;
                let top = group as f64 + 0.1 + 0.8 * idx as f64 / series;
                let bottom = top + 0.8 / series;
                Some(Rectangle::new(
                    [(low, top), (bar.max(low), bottom)],
                    colour.filled(),
                ))
            });
        context
            .draw_series(rectangles)?
            .label(name.as_str())
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    }
    context
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}

type Context<'a, 's> = ChartContext<
    'a,
    SVGBackend<'s>,
    Cartesian2d<plotters::coord::combinators::LogCoord<f64>, RangedCoordf64>,
>;

/// Writes the groups' names beside them.
fn label(root: &Area<'_>, names: &[&str], context: &Context<'_, '_>) -> Result<(), Failure> {
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    let area = context.plotting_area();
    let (x_range, y_range) = area.get_pixel_range();
    let style = ("sans-serif", 12).into_text_style(root);
    let style = style.pos(Pos::new(HPos::Right, VPos::Center));
    let height = y_range.end - y_range.start;
    for (idx, name) in names.iter().enumerate() {
        // Charts have less than 2^31 pixels and names.
        let middle = (idx as f64 + 0.5) / names.len() as f64;
        let y = y_range.start + (middle * f64::from(height)) as i32;
        root.draw(&Text::new(*name, (x_range.start - 6, y), style.clone()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(groups: Vec<(String, Vec<Option<f64>>)>) -> Chart {
        Chart {
            title: "Times".to_owned(),
            unit: "ns".to_owned(),
            series: vec!["hand".to_owned(), "vox".to_owned()],
            groups,
        }
    }

    #[test]
    fn the_scale_has_room_for_every_bar() {
        let bars = vec![
            ("a".to_owned(), vec![Some(3.0), None]),
            ("b".to_owned(), vec![Some(0.0), Some(250.0)]),
        ];
        assert_eq!(range(&chart(bars)), Some((1.0, 1_000.0)));
        let same = vec![("a".to_owned(), vec![Some(1.0)])];
        let (low, high) = range(&chart(same)).unwrap();
        assert!(low < 1.0 && high > 1.0, "{low} {high}");
        assert_eq!(range(&chart(Vec::new())), None);
    }

    #[test]
    fn a_picture_names_series_and_groups() {
        let bars = vec![("first".to_owned(), vec![Some(3.0), Some(40.0)])];
        let svg = draw(&chart(bars)).unwrap();
        for name in ["hand", "vox", "first", "Times (ns)"] {
            assert!(svg.contains(name), "{name}");
        }
        assert!(draw(&chart(Vec::new())).is_err());
    }
}
