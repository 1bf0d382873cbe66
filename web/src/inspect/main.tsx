import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../shared/base.css';
import './inspect.css';
import './picture.css';
import { followTheme } from '../shared/theme';
import { App } from './App';
import { Inspection } from './inspection';

followTheme();
const turn = decodeURIComponent(location.pathname.split('/')[2] ?? '');
createRoot(document.getElementById('root')!).render(<App inspection={new Inspection(turn)} />);
