'use strict';
// The charts of a report. What they show is in the tables too; without them the page is whole.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const charts = [];

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function axis(title, more) {
    return {
      title: {display: true, text: title, color: color('--muted')},
      ticks: {color: color('--muted'), maxRotation: 0},
      grid: {color: color('--line')},
      ...more,
    };
  }

  function line(label, points, stroke, more) {
    return {
      label, data: points, borderColor: stroke, backgroundColor: stroke,
      borderWidth: 2, pointRadius: 0, pointHitRadius: 8, ...more,
    };
  }

  function draw(id, config) {
    const canvas = document.getElementById(id);
    if (canvas) {
      charts.push(new Chart(canvas, {
        type: 'line',
        ...config,
        options: {
          animation: false, parsing: false, maintainAspectRatio: false,
          interaction: {mode: 'nearest', axis: 'x', intersect: false},
          ...config.options,
        },
      }));
    }
  }

  function percent(nines) {
    return nines === 0 ? '0 %' : `${(100 * (1 - 10 ** -nines)).toFixed(Math.max(0, Math.ceil(nines) - 2))} %`;
  }

  function millis(value) {
    return value < 1 ? `${Math.round(value * 1000)} µs` : value < 1000 ? `${+value.toPrecision(3)} ms` : `${+(value / 1000).toPrecision(3)} s`;
  }

  function logarithmic(title, more) {
    const scale = axis(title, {type: 'logarithmic', ...more});
    scale.ticks = {
      ...scale.ticks,
      autoSkip: false,
      callback: (value) => /^[125]/.test(Number(value).toExponential()) && Number(Number(value).toExponential().split('e')[0]) % 1 === 0 ? millis(value) : null,
    };
    return scale;
  }

  function latency() {
    draw('latency', {
      data: {datasets: [line('latency', data.latency, color('--accent'))]},
      options: {
        scales: {
          x: axis('share of the replies', {
            type: 'linear', min: 0,
            afterBuildTicks: (scale) => {
              scale.ticks = [];
              for (let nines = 0; nines <= scale.max; nines++) {
                scale.ticks.push({value: nines});
              }
            },
            ticks: {color: color('--muted'), callback: percent},
          }),
          y: logarithmic('latency'),
        },
        plugins: {
          legend: {display: false},
          tooltip: {
            callbacks: {
              title: (items) => `${(100 * (1 - 10 ** -items[0].parsed.x)).toPrecision(5)} %`,
              label: (item) => `at most ${millis(item.parsed.y)}`,
            },
          },
        },
      },
    });
  }

  function rate() {
    const sets = [
      line('replies a second', data.rate, color('--accent'), {stepped: true}),
      line('longest latency', data.longest, color('--inconclusive'), {yAxisID: 'y2', borderWidth: 1, borderDash: [4, 3]}),
    ];
    if (data.anomalies.length) {
      sets.push(line('anomalies', data.anomalies, color('--fail'), {yAxisID: 'y3', showLine: false, pointRadius: 4, pointStyle: 'triangle'}));
    }
    draw('rate', {
      data: {datasets: sets},
      options: {
        scales: {
          x: axis('seconds since the start', {type: 'linear', min: 0}),
          y: axis('replies a second', {beginAtZero: true}),
          y2: logarithmic('longest latency', {position: 'right', grid: {display: false}}),
          y3: {display: false, beginAtZero: true},
        },
        plugins: {
          legend: {labels: {color: color('--text'), usePointStyle: true}},
          tooltip: {
            callbacks: {
              title: (items) => `${items[0].parsed.x} s`,
              label: (item) => `${item.dataset.label}: ${item.dataset.yAxisID === 'y2' ? millis(item.parsed.y) : item.parsed.y.toLocaleString('en')}`,
            },
          },
        },
      },
    });
  }

  function drawAll() {
    charts.splice(0).forEach((chart) => chart.destroy());
    latency();
    rate();
  }

  drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  matchMedia('print').addEventListener('change', drawAll);
})();
