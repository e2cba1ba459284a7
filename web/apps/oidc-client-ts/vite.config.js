import { defineConfig } from 'vite';

const port = 5176;

export default defineConfig({
  server: { port, strictPort: true },
  preview: { port, strictPort: true },
});
