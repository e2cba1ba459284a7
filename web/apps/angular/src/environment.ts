// The settings of the app. `mockauth0 serve --app http://localhost:4200` prints yours.
export const environment = {
  domain: 'localhost:4443',
  clientId: 'orders-angular',
  audience: 'https://orders.example.test/',
  api: 'http://localhost:3010',
};
