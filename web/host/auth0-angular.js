// auth0-angular 2: its service in an application without components. It is published for a bundler, and for a linker that
// Angular's compiler replaces at run time.
import '@angular/compiler';
import { provideZonelessChangeDetection } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { AuthService, provideAuth0 } from '@auth0/auth0-angular';
import { firstValueFrom, merge, filter, map } from 'rxjs';

createApplication({
  providers: [provideZonelessChangeDetection(), provideAuth0({
    domain: config.domain,
    clientId: config.clientID,
    authorizationParams: { redirect_uri: config.origin + '/callback', audience: config.audience },
    ...config.options,
  })],
}).then((app) => {
  const auth = app.injector.get(AuthService);
  const now = firstValueFrom;
  const session = async (options) => ({
    tokens: await now(auth.getAccessTokenSilently({ detailedResponse: true, ...options })),
    claims: await now(auth.idTokenClaims$),
    user: await now(auth.user$),
  });
  ready({
    async arrive() {
      const loaded = auth.isLoading$.pipe(filter((loading) => !loading), map(() => null));
      const error = await now(answered() ? merge(auth.error$, loaded) : loaded);
      if (answered()) forgetAnswer();
      if (error) throw error;
      return await now(auth.isAuthenticated$) ? session() : null;
    },
    logIn: () => now(auth.loginWithRedirect()),
    async logInByPopup() {
      await now(auth.loginWithPopup());
      return session();
    },
    session,
    renew: () => session({ cacheMode: 'off' }),
    userInfo: async () => (await auth.createFetcher({ baseUrl: config.tenant }).fetchWithAuth('/userinfo', {}, { audience: config.audience })).json(),
    authenticated: () => now(auth.isAuthenticated$),
    logOut: () => now(auth.logout({ logoutParams: { returnTo: config.origin } })),
  });
});
