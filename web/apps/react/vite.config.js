import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const port = 5173;

export default defineConfig({
  plugins: [react()],
  server: { port, strictPort: true },
  preview: { port, strictPort: true },
});
