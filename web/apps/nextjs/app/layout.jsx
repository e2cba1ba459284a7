import './app.css';

export const metadata = { title: 'Orders', referrer: 'no-referrer', icons: { icon: 'data:,' } };

export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
