package child

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Passed are the signals that a command gets from whoever runs it.
func Passed() []os.Signal { return []os.Signal{os.Interrupt} }

// group is the job of the command, which ends with the last handle of it: that of this process.
type group struct{ job windows.Handle }

func (p *Process) start(path string, c Command, files []*os.File) error {
	job, err := newJob()
	if err != nil {
		return err
	}
	process, err := os.StartProcess(path, c.Args, &os.ProcAttr{Env: c.Env, Files: files})
	if err == nil {
		if err = assign(job, process.Pid); err != nil {
			_ = process.Kill()
		}
	}
	if err != nil {
		_ = windows.CloseHandle(job)
		return err
	}
	p.process, p.group.job = process, job
	return nil
}

func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		_ = windows.CloseHandle(job)
		return 0, err
	}
	return job, nil
}

// assign puts a process into a job. What it started before stays outside: that is a moment after its start.
func assign(job windows.Handle, pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(process) }()
	return windows.AssignProcessToJobObject(job, process)
}

func (p *Process) await() int {
	state, err := p.process.Wait()
	if err != nil {
		return 1
	}
	return state.ExitCode()
}

// signal kills, since Windows sends a Ctrl-C to every program of the console by itself, and has no other signals.
func (p *Process) signal(s os.Signal) {
	if s != os.Interrupt {
		p.kill()
	}
}

func (p *Process) kill() { _ = windows.TerminateJobObject(p.group.job, 1) }

func (p *Process) end(<-chan os.Signal) (killed bool) {
	p.kill()
	_ = windows.CloseHandle(p.group.job)
	return false
}
