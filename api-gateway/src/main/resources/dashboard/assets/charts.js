// Draws the charts of the page Analytics. Each has its numbers in a table, too, so whatever fails here hides nothing.
(() => {
  'use strict';

  const DAY = 86400;
  const HEIGHT = 240;
  const COLORS = 5;
  const MANY = 45;
  const place = document.getElementById('charts');
  if (!place || typeof uPlot === 'undefined') {
    return;
  }

  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat('en');
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const full = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

  function duration(seconds) {
    const [size, unit] = [[DAY, 'd'], [3600, 'h'], [60, 'min'], [1, 's']].find(([one]) => seconds >= one) || [1, 's'];
    return Math.round(seconds / size * 10) / 10 + ' ' + unit;
  }

  const UNITS = {
    count: { axis: (value) => (Number.isInteger(value) ? compact.format(value) : ''), value: (value) => whole.format(value) },
    seconds: { axis: duration, value: duration, incrs: [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY, 100 * DAY, 1000 * DAY] },
    usd: { axis: (value) => '$' + Number(value.toPrecision(6)), value: (value) => '$' + Number(value.toPrecision(4)) },
  };

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function options(chart, width) {
    const unit = UNITS[chart.unit];
    const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 }, font: '12px system-ui, sans-serif' };
    return {
      width,
      height: HEIGHT,
      // Days are the project's; here they only have to stay the same ones.
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: { min: { pad: 0, hard: 0, mode: 0 }, max: { pad: 0.1, soft: chart.unit === 'usd' ? 0.01 : 1, mode: 1 } } } },
      axes: [
        { ...axis, space: 70, incrs: [1, 2, 7, 14, 31, 62, 92, 183, 366].map((days) => days * DAY), values: (plot, at) => at.map((seconds) => day.format(seconds * 1000)) },
        { ...axis, size: 62, incrs: unit.incrs, values: (plot, values) => values.map(unit.axis) },
      ],
      series: [
        { label: 'Day', value: (plot, seconds) => (seconds == null ? '–' : full.format(seconds * 1000)) },
        ...chart.lines.map((line, index) => ({
          label: line.name,
          stroke: color('--chart-' + (index % COLORS + 1)),
          width: 2,
          dash: index >= COLORS ? [6, 4] : undefined,
          spanGaps: true,
          points: { show: chart.periods.length <= MANY, size: 5 },
          value: (plot, value) => (value == null ? '–' : unit.value(value)),
        })),
      ],
    };
  }

  function draw(chart) {
    const element = place.querySelector('[data-chart="' + CSS.escape(chart.id) + '"]');
    if (!element) {
      return;
    }
    const data = [chart.periods.map((period) => Date.parse(period + 'T00:00:00Z') / 1000), ...chart.lines.map((line) => line.values)];
    let plot = null;
    const again = () => {
      if (plot) {
        plot.destroy();
      }
      plot = new uPlot(options(chart, element.clientWidth), data, element);
    };
    again();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
    new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== plot.width) {
        plot.setSize({ width: element.clientWidth, height: HEIGHT });
      }
    }).observe(element);
  }

  fetch(place.dataset.from, { headers: { Accept: 'application/json' } })
    .then((answer) => {
      if (!answer.ok) {
        throw new Error('answered with ' + answer.status);
      }
      return answer.json();
    })
    .then((drawn) => {
      drawn.charts.forEach(draw);
      place.dataset.drawn = 'true';
    })
    .catch(() => {
      place.querySelectorAll('.chart').forEach((element) => {
        element.textContent = 'The chart could not be loaded; its numbers are in the table.';
      });
    });
})();
