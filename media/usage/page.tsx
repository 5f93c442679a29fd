import './page.css';
import { render } from 'preact';
import { DEFAULT_PERIOD } from '../../src/usage/common/period';
import type { DashboardRequest } from '../../src/usage/dashboard/common/messages';
import type { DashboardView } from '../../src/usage/dashboard/common/viewModel';
import { Dashboard, type PageState } from './dashboard';

declare function acquireVsCodeApi(): {
  postMessage(message: DashboardRequest): void;
  getState(): Partial<PageState> | undefined;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();
const main = document.querySelector('main') ?? document.body;
let state: PageState = { period: DEFAULT_PERIOD, page: 0, open: [], scroll: 0, ...vscode.getState() };
let view: DashboardView | undefined;

function update(changes: Partial<PageState>): void {
  state = { ...state, ...changes };
  vscode.setState(state);
  if (view === undefined) return;
  const onCommand = (request: DashboardRequest) => vscode.postMessage(request);
  render(<Dashboard {...{ view, state, onCommand }} onChange={update} onShow={requestView} />, main);
}

/** Asks the extension host for other data; the current view stays until it arrives. */
function requestView(changes: Partial<PageState>): void {
  update(changes);
  main.ariaBusy = 'true';
  vscode.postMessage({ kind: 'show', period: state.period, page: state.page });
}

window.addEventListener('message', ({ data }: MessageEvent<{ readonly view?: DashboardView }>) => {
  if (data.view === undefined) return;
  const isFirst = view === undefined;
  view = data.view;
  main.ariaBusy = 'false';
  document.title = view.labels.title;
  update({ period: view.period, page: view.runs.page });
  if (isFirst) window.scrollTo(0, state.scroll);
});
window.addEventListener('scrollend', () => update({ scroll: window.scrollY }));
requestView({});
