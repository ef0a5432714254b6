// The web desktop: a page that shows what rayosd says, and asks it for what the person wants.

// First, so that every noun's own style sheet comes after it.
import './theme/theme.css';
import './theme/base.css';
import { render } from 'solid-js/web';
import { App } from './app.tsx';
import { applySettings } from './settings/settings.ts';
import { exposeDiagnostics } from './viewer/diagnostics.ts';

applySettings();
exposeDiagnostics();
const root = document.getElementById('root');
if (root) render(() => <App />, root);
