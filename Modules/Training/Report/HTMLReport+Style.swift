extension HTMLReport {
    /// The style sheet. Colours are named once for light and once for dark; paper takes the light ones.
    static let style = palette + layout + chartStyle + paper

    private static let palette = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --ink: #171b21; --muted: #596372; --rule: #d8dde4; --grid: #e7eaee;
          --hover: #171b2112; --training: #68727f; --plain: #1d5fc2; --extrapolated: #bf4a06;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0f1216; --card: #171b21; --ink: #e9ecf0; --muted: #9ba6b4; --rule: #2d343d; --grid: #262c34;
            --hover: #ffffff14; --training: #98a3b1; --plain: #6fb0ff; --extrapolated: #ff9c57;
          }
        }

        """

    private static let layout = """
        *, ::before, ::after { box-sizing: border-box; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
          font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
        }
        main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 56px; }
        header { margin-bottom: 20px; }
        h1 { margin: 0; font-size: clamp(22px, 5vw, 30px); line-height: 1.2; letter-spacing: -.015em;
          overflow-wrap: anywhere; text-wrap: balance; }
        h2 { margin: 28px 0 10px; font-size: 17px; line-height: 1.3; }
        .kicker { margin: 0 0 4px; color: var(--muted); font-size: 13px; }
        .note { margin: 10px 2px 0; color: var(--muted); font-size: 13px; max-width: 105ch; overflow-wrap: anywhere; }
        .tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 16px; }
        .tiles > div { flex: 1 1 150px; padding: 12px 14px 13px; background: var(--card);
          border: 1px solid var(--rule); border-top-width: 3px; border-radius: 8px; }
        .tiles > .plain { border-top-color: var(--plain); }
        .tiles > .extrapolated { border-top-color: var(--extrapolated); }
        dt { color: var(--muted); font-size: 13px; }
        dd { margin: 0; }
        dd strong { display: block; font-size: clamp(21px, 5.2vw, 25px); white-space: nowrap; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
        dd span { color: var(--muted); font-size: 13px; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px;
          align-items: start; }
        .charts { align-items: stretch; }
        .pair > * { min-width: 0; }
        figure, .scroll, .entries table { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
        figure { margin: 0; padding: 14px 16px 10px; }
        .scroll { overflow: auto; }
        .scroll.long { max-height: 36rem; }
        .scroll:focus-visible { outline: 2px solid var(--plain); outline-offset: 2px; }
        table { border-collapse: separate; border-spacing: 0; }
        .epochs { width: 100%; font-size: 14px; }
        .epochs th, .epochs td { padding: 4px 12px; text-align: right; white-space: nowrap; }
        .epochs .text, .epochs .number { text-align: left; }
        .epochs td.text { white-space: normal; min-width: 8em; max-width: 24em; overflow-wrap: anywhere; }
        .epochs thead { position: sticky; top: 0; z-index: 2; }
        .epochs thead th, .epochs thead td { background: var(--card); color: var(--muted); font-size: 12.5px;
          font-weight: 600; }
        .epochs thead tr:first-child th { position: relative; padding-top: 9px; color: var(--ink); text-align: center; }
        .epochs thead tr:first-child th::after { content: ""; position: absolute; inset: auto 12px 0 20px;
          border-bottom: 1px solid var(--rule); }
        .epochs thead tr:last-child th { padding-bottom: 7px; border-bottom: 1px solid var(--rule); }
        .epochs tr > :first-child { position: sticky; left: 0; z-index: 1; background: var(--card); }
        .epochs tbody th { font-weight: 600; }
        .epochs tbody tr + tr > * { border-top: 1px solid var(--grid); }
        .epochs tbody tr:hover > * { background: linear-gradient(var(--hover), var(--hover)) var(--card); }
        .epochs tbody .plain, .epochs tbody .extrapolated { font-weight: 700; color: var(--best);
          box-shadow: inset 0 0 0 2px var(--best); border-radius: 5px; }
        .plain { --best: var(--plain); }
        .extrapolated { --best: var(--extrapolated); }
        .entries table { width: 100%; font-size: 14px; }
        .entries th, .entries td { padding: 5px 14px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        .entries th { width: 42%; color: var(--muted); font-weight: 500; }
        .entries tr + tr > * { border-top: 1px solid var(--grid); }

        """

    private static let chartStyle = """
        figcaption { font-size: 15px; font-weight: 650; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 4px 0 2px; padding: 0; list-style: none;
          font-size: 13px; }
        .legend li { display: flex; align-items: flex-start; gap: 7px; }
        .legend li > svg { margin-top: 4px; }
        .legend svg { flex: none; overflow: visible; }
        .legend div { display: flex; flex-wrap: wrap; column-gap: 10px; }
        .legend span { color: var(--muted); white-space: nowrap; }
        .legend span svg { margin: 0 2px -1px 0; }
        figure { container-type: inline-size; }
        figure > svg { display: block; width: 100%; height: auto; margin-top: 6px; overflow: visible; }
        figure text { fill: var(--muted); font-size: 12px; }
        @container (max-width: 430px) { figure text { font-size: 16px; } }
        .tick-y, .end { text-anchor: end; }
        .tick-x { text-anchor: middle; }
        .grid, .axis, .line, .best { fill: none; vector-effect: non-scaling-stroke; }
        .grid { stroke: var(--grid); }
        .minor { opacity: .55; }
        .axis { stroke: var(--muted); stroke-opacity: .6; }
        path.landmark { fill: none; stroke: var(--extrapolated); stroke-width: 1.2px; stroke-dasharray: 2 3;
          vector-effect: non-scaling-stroke; }
        text.landmark { fill: var(--extrapolated); paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
        .line { stroke-width: 1.8px; stroke-linejoin: round; stroke-linecap: round; }
        .line.training { stroke: var(--training); stroke-width: 1.5px; stroke-dasharray: 5 4; stroke-linecap: butt; }
        .line.plain, .line.single { stroke: var(--plain); }
        .line.extrapolated { stroke: var(--extrapolated); }
        .line.raw { stroke: var(--training); stroke-width: 1px; opacity: .55; }
        .marks { stroke-width: 1.6; fill: var(--card); }
        .marks.training { stroke: var(--training); }
        .marks.plain { stroke: var(--plain); }
        .marks.single { stroke: var(--plain); fill: var(--plain); }
        .marks.extrapolated { stroke: none; fill: var(--extrapolated); }
        .best { stroke: var(--best); stroke-width: 1.6px; }
        .readouts path { stroke: transparent; pointer-events: stroke; }
        .readouts text { visibility: hidden; fill: var(--ink); pointer-events: none; }
        .readouts g:hover path { stroke: var(--hover); }
        .readouts g:hover text { visibility: visible; }
        svg:has(.readouts g:hover) .label:not(.end) { visibility: hidden; }

        """

    private static let paper = """
        @page { margin: 14mm; }
        @media print {
          :root {
            color-scheme: light;
            --page: #ffffff; --card: #ffffff; --ink: #000000; --muted: #444444; --rule: #bbbbbb; --grid: #dddddd;
            --training: #5c6570; --plain: #1d5fc2; --extrapolated: #bf4a06;
          }
          body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          main { max-width: none; padding: 0; }
          .tiles { flex-wrap: nowrap; gap: 8px; }
          .tiles > div { flex-basis: 0; padding: 8px 9px; }
          dd strong { font-size: 15pt; }
          dt, dd span { font-size: 8pt; }
          .pair { grid-template-columns: 1fr 1fr; }
          .scroll, .scroll.long { max-height: none; overflow: visible; border: 0; }
          .epochs, .epochs thead th { font-size: 8pt; }
          .epochs th, .epochs td { padding: 1.5pt 4pt; }
          .epochs thead, .epochs tr > :first-child { position: static; }
          figure, .tiles > div, .entries, tr { break-inside: avoid; }
          h2 { break-after: avoid; }
        }
        """
}
