// node-auth0 5: its authentication client, which checks ID tokens, and its userinfo client. It builds no URLs: the app does.
import { AuthenticationClient, UserInfoClient } from 'auth0'
import { app } from './auth0-app.mjs'

export default (order) => app(order, { AuthenticationClient, UserInfoClient })
