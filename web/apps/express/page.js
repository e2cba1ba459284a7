// page is the only page of the app, as HTML.
export function page({ user, orders, notice, problem }) {
  const body = user
    ? `<header><p>${text(user.name)}</p><a href="/logout">Log out</a></header>
       <h1>Orders</h1>
       <form action="/orders"><button>Load orders</button></form>
       ${problem ? `<p role="alert">${text(problem)}</p>` : ''}
       ${orders ? `<ul>${orders.map((order) => `<li>${text(order.number)}: ${text(order.what)}</li>`).join('')}</ul>` : ''}`
    : `<h1>Orders</h1>
       ${notice ? `<p role="status">${text(notice)}</p>` : ''}
       <a href="/login">Log in</a>`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Orders</title>
  <link rel="icon" href="data:,">
  <style>
    :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
    main { max-width: 40rem; margin: 0 auto; padding: 1.5rem }
    header { display: flex; justify-content: space-between; align-items: center }
    button { min-height: 2.75rem; padding: 0 1rem; font: inherit }
  </style>
</head>
<body><main>${body}</main></body>
</html>
`;
}

function text(value) {
  return String(value).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
