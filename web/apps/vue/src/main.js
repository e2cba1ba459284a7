import { createApp } from 'vue';
import { createAuth0 } from '@auth0/auth0-vue';
import App from './App.vue';
import './app.css';

const settings = import.meta.env;

createApp(App)
  .use(createAuth0({
    domain: settings.VITE_AUTH0_DOMAIN,
    clientId: settings.VITE_AUTH0_CLIENT_ID,
    authorizationParams: { redirect_uri: window.location.origin, audience: settings.VITE_AUTH0_AUDIENCE },
    useRefreshTokens: true,
    cacheLocation: 'memory',
  }))
  .mount('#root');
