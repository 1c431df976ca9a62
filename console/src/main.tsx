import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/mantine.ts';
import './styles/console.css';
import { App } from './app.tsx';
import { takeKeyFromAddress } from './session/credentials.ts';

takeKeyFromAddress();
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
