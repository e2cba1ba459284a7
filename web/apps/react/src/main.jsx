import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Auth0Provider } from '@auth0/auth0-react';
import { App } from './App.jsx';
import './app.css';

const settings = import.meta.env; // .env and .env.local; .env.frame in the build with the hidden frame

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Auth0Provider
      domain={settings.VITE_AUTH0_DOMAIN}
      clientId={settings.VITE_AUTH0_CLIENT_ID}
      authorizationParams={{ redirect_uri: window.location.origin, audience: settings.VITE_AUTH0_AUDIENCE }}
      useRefreshTokens={settings.VITE_RENEWAL === 'refresh-tokens'}
      cacheLocation="memory"
    >
      <App />
    </Auth0Provider>
  </StrictMode>,
);
