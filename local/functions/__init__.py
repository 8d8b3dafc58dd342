"""Lambda: functions run as `awslambdaric` processes behind a Runtime API."""
