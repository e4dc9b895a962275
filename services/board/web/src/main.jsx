import { render } from 'preact';

import { App } from './app.jsx';
import { startRouter } from './router.js';

startRouter();
const root = document.getElementById('board');
root.replaceChildren();
render(<App />, root);
