// auth0-vue 2, in an app of one component, without a router.
'use strict';
(() => {
  const app = Vue.createApp({
    render() {
      return Vue.h('p', this.$auth0.isLoading.value ? 'Loading' : this.$auth0.isAuthenticated.value ? this.$auth0.user.value.name : 'Nobody');
    },
  });
  app.use(vueAuth0.createAuth0({
    domain: config.domain,
    clientId: config.clientID,
    authorizationParams: { redirect_uri: config.origin + '/callback', audience: config.audience },
    ...config.options,
  }));
  app.mount('#root');
  const auth = app.config.globalProperties.$auth0;
  const session = async (options) => ({
    tokens: await auth.getAccessTokenSilently({ detailedResponse: true, ...options }),
    claims: auth.idTokenClaims.value,
    user: auth.user.value,
  });
  const driver = {
    async arrive() {
      if (answered()) forgetAnswer();
      if (auth.error.value) throw auth.error.value;
      return auth.isAuthenticated.value ? session() : null;
    },
    logIn: () => auth.loginWithRedirect(),
    async logInByPopup() {
      await auth.loginWithPopup();
      return session();
    },
    session,
    renew: () => session({ cacheMode: 'off' }),
    userInfo: async () => (await auth.createFetcher({ baseUrl: config.tenant }).fetchWithAuth('/userinfo', {}, { audience: config.audience })).json(),
    authenticated: () => auth.isAuthenticated.value,
    logOut: () => auth.logout({ logoutParams: { returnTo: config.origin } }),
  };
  Vue.watch(auth.isLoading, (loading) => { if (!loading) ready(driver); }, { immediate: true });
})();
