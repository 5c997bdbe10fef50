// The notebook in the page, for the tests: cells run and read through JupyterLab's own commands and models.

window.__notebook = {
  /** How the cells run by this object are getting on, by the cell's id. */
  runs: new Map(),

  get app() {
    return window.jupyterapp;
  },

  get panel() {
    if (!this.app) return undefined;
    return [...this.app.shell.widgets("main")].find(
      (widget) => widget.sessionContext && widget.content?.model?.cells,
    );
  },

  get kernel() {
    return this.panel?.sessionContext.session?.kernel;
  },

  /** The cells are there, and the kernel waits for work. */
  get ready() {
    const panel = this.panel;
    return Boolean(
      panel?.context.isReady &&
        panel.sessionContext.isReady &&
        panel.content.widgets.length === panel.content.model.cells.length &&
        this.kernel?.connectionStatus === "connected" &&
        this.kernel.status === "idle",
    );
  },

  cell(index) {
    return this.panel.content.widgets.at(index);
  },

  /** Adds a code cell at the end and returns its index. */
  append(source) {
    const { sharedModel, cells } = this.panel.content.model;
    sharedModel.insertCell(cells.length, { cell_type: "code", source, metadata: { trusted: true } });
    return cells.length - 1;
  },

  /** Starts the cell as "Run Selected Cell" does; `done(index)` tells of its end. */
  start(index) {
    const { panel, app } = this;
    app.shell.activateById(panel.id);
    panel.content.deselectAll();
    panel.content.activeCellIndex = index < 0 ? panel.content.widgets.length + index : index;
    this.follow([this.cell(index)], app.commands.execute("notebook:run-cell"));
  },

  startAll() {
    const { panel, app } = this;
    app.shell.activateById(panel.id);
    this.follow(panel.content.widgets, app.commands.execute("notebook:run-all-cells"));
  },

  follow(cells, promise) {
    const run = { done: false };
    for (const cell of cells) this.runs.set(cell.model.id, run);
    const end = () => {
      run.done = true;
    };
    promise.then(end, end);
  },

  done(index) {
    const { model } = this.cell(index);
    return (this.runs.get(model.id)?.done ?? true) && model.executionState !== "running";
  },

  get allDone() {
    return this.codeCells.every((index) => this.done(index));
  },

  get codeCells() {
    return this.panel.content.widgets.flatMap((cell, index) => (cell.model.type === "code" ? [index] : []));
  },

  clearOutputs(index) {
    this.cell(index).model.outputs.clear();
  },
  outputs(index) {
    return this.cell(index).model.outputs.toJSON();
  },

  executionCount(index) {
    return this.cell(index).model.executionCount ?? null;
  },

  async restart() {
    await this.panel.sessionContext.restartKernel();
  },

  async save() {
    await this.panel.context.save();
  },

  async useTheme(name) {
    if (document.body.dataset.jpThemeName !== name) {
      await this.app.commands.execute("apputils:change-theme", { theme: name });
    }
  },
};
