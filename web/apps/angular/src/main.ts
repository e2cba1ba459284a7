import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideAuth0 } from '@auth0/auth0-angular';
import { App } from './app';
import { environment } from './environment';

bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideAuth0({
      domain: environment.domain,
      clientId: environment.clientId,
      authorizationParams: { redirect_uri: window.location.origin, audience: environment.audience },
      useRefreshTokens: true,
      cacheLocation: 'localstorage',
    }),
  ],
});
