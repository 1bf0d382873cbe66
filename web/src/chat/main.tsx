import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../shared/base.css';
import './chat.css';
import { followTheme } from '../shared/theme';
import { App } from './App';
import { Chat } from './chat';
import { loadMarkdown } from './Text';

followTheme();
createRoot(document.getElementById('root')!).render(<App chat={new Chat()} />);
void loadMarkdown();
