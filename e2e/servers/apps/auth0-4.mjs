// node-auth0 4.
import { AuthenticationClient, UserInfoClient } from 'auth0-4'
import { app } from './auth0-app.mjs'

export default (order) => app(order, { AuthenticationClient, UserInfoClient })
